"""MIO Fidelity: coding the fidelity of recorded parenting-therapy sessions."""

__version__ = "0.1.0"
