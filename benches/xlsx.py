"""Times the writing of a workbook by Python's pyexcelerate and xlsxwriter.

Usage: xlsx.py FILE, an answer of the server. Prints a name and seconds a line. The tickets
are read, and their dates parsed, before the clock starts.
"""

import datetime
import json
import pathlib
import sys
import tempfile
import time


def value(value):
    """A value as the cell has it."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, str) and value[4:5] == "-" and value[10:11] == "T":
        date = datetime.datetime.fromisoformat(value[:19])
        return date if date.year >= 1900 else None
    return value


def pyexcelerate(heading, rows, path):
    from pyexcelerate import Workbook

    workbook = Workbook()
    workbook.new_sheet("Tickets", data=[heading, *rows])
    workbook.save(path)


def xlsxwriter(heading, rows, path):
    import xlsxwriter

    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm", "strings_to_formulas": False,
               "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        sheet = workbook.add_worksheet("Tickets")
        for number, row in enumerate([heading, *rows]):
            sheet.write_row(number, 0, row)


def main():
    tickets = json.loads(pathlib.Path(sys.argv[1]).read_bytes())
    heading = list(tickets[0])
    rows = [[value(ticket.get(key)) for key in heading] for ticket in tickets]
    del tickets
    for write in (pyexcelerate, xlsxwriter):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            try:
                write(heading, rows, folder + "/tickets.xlsx")
            except ImportError:
                continue
            print(f"{write.__name__}\t{time.perf_counter() - start}", flush=True)


main()
