"""The main screen and what it is made of, help and choosers."""
