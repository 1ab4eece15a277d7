"""Writing files: each appears under its name when it is complete, or not at all.

Every file that the project writes goes through this package. It imports nothing but `errors`, and
every package that writes may import it. Start reading at `atomic.py`. `window.py` reads large
files.

    with AtomicFile(Path("report.html")) as file:
        file.write(b"<!doctype html>")
"""
