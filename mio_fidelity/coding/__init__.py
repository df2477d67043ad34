"""Verbs, which change a study, and questions, which return frozen data about it."""
