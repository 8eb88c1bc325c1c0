"""Results as bench/cuda/report.py takes them: a piece is a file of tables."""

import json


class Table:
    def __init__(self, title, note, columns):
        """`columns`: key -> heading, the unit included."""
        self.title, self.note, self.columns = title, note, columns
        self.rows = []

    def add(self, **cells):
        """Adds a row, which is printed at once."""
        if set(cells) != set(self.columns):
            raise ValueError(f"{self.title}: expected the columns {list(self.columns)}, but got {list(cells)}")
        if not self.rows:
            print(f"\n{self.title}\n" + "\t".join(self.columns.values()))
        print("\t".join(text_of(cells[key]) for key in self.columns), flush=True)
        self.rows.append(cells)

    def piece(self):
        columns = [{"key": key, "heading": heading} for key, heading in self.columns.items()]
        return {"title": self.title, "note": self.note, "columns": columns, "rows": self.rows}


def text_of(cell):
    """A cell as a reader sees it: figures with three significant digits, integers whole."""
    if isinstance(cell, str):
        return cell
    if cell == int(cell) and abs(cell) < 1e15:
        return f"{int(cell):,}"
    return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"


def write_tables(path, tables):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"tables": [table.piece() for table in tables]}, file)
