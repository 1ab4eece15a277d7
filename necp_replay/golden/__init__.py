"""The golden file: accepted outcomes of a trace as text that a person reviews.

Start with ``document.py`` (the grammar), ``reader.py`` (reading a large one stanza by stanza) and
``compare.py`` (a golden against what an engine did). May import: outcomes, align, files,
releases and abi::

    document = parse_golden(path.read_text("utf-8"))
    compared, final = compare_documents(document, actual)
"""
