"""The HTML report: one file that opens from disk and needs no network (docs/reports.md).

`contents.py` turns a run into one JSON document. `page.py` puts that document, the scripts and the
styles into `page.html`. In the browser `model.js` reads the document, and `app.js` starts the page.

Start with `page.py`. For the scripts start with `app.js`; `dom.js` is the only one that creates
elements, and it never parses markup.

    Path("report.html").write_text(page_of(run), "utf-8")

May import: what `report` may import.
"""
