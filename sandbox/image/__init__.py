"""The image that containers start from: its recipe, its name, how it is built."""
