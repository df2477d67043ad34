"""From ratings to numbers: score tables, and everything a reliability report says about them."""
