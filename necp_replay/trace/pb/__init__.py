"""Code generated from the schemas by schemas/generate.py; never edited."""
