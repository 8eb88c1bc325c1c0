#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../../tests/cuda/kit/expect.hpp"

namespace verbatim::cuda::bench {

/** A figure, or a word. */
using Cell = std::variant<double, std::string>;

struct Column {
  /** What the JSON calls it. */
  std::string key;
  /** What a reader sees, the unit included. */
  std::string heading;
};

/** Results of one kind. bench/cuda/report.py makes Markdown of their JSON. */
class Table {
 public:
  Table(std::string title, std::string note, std::vector<Column> columns)
      : title_(std::move(title)), note_(std::move(note)), columns_(std::move(columns)) {}

  /** A cell for each column; the row is printed at once. */
  void Add(std::vector<Cell> cells) {
    tests::Expect(cells.size() == columns_.size(), title_ + ": a row has another number of cells than the table");
    if (rows_.empty()) PrintHeadings();
    for (const Cell& cell : cells) std::printf("%s\t", TextOf(cell).c_str());
    std::printf("\n");
    std::fflush(stdout);
    rows_.push_back(std::move(cells));
  }

  std::string Json() const {
    std::string columns;
    for (const Column& column : columns_) {
      Append(columns, "{\"key\":" + Quoted(column.key) + ",\"heading\":" + Quoted(column.heading) + "}");
    }
    std::string rows;
    for (const std::vector<Cell>& row : rows_) {
      std::string cells;
      for (size_t i = 0; i < row.size(); ++i) Append(cells, Quoted(columns_[i].key) + ":" + JsonOf(row[i]));
      Append(rows, "{" + cells + "}");
    }
    return "{\"title\":" + Quoted(title_) + ",\"note\":" + Quoted(note_) + ",\"columns\":[" + columns + "],\"rows\":[" +
           rows + "]}";
  }

 private:
  static void Append(std::string& list, const std::string& entry) {
    if (!list.empty()) list += ',';
    list += entry;
  }

  static std::string Number(double value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.6g", value);
    return text;
  }

  static std::string TextOf(const Cell& cell) {
    const double* number = std::get_if<double>(&cell);
    return number == nullptr ? std::get<std::string>(cell) : Number(*number);
  }

  static std::string JsonOf(const Cell& cell) {
    return std::holds_alternative<double>(cell) ? TextOf(cell) : Quoted(TextOf(cell));
  }

  /** Our own texts: quotes and backslashes are all there is to escape. */
  static std::string Quoted(const std::string& text) {
    std::string quoted = "\"";
    for (const char character : text) {
      if (character == '"' || character == '\\') quoted += '\\';
      quoted += character;
    }
    return quoted + "\"";
  }

  void PrintHeadings() const {
    std::printf("\n%s\n", title_.c_str());
    for (const Column& column : columns_) std::printf("%s\t", column.heading.c_str());
    std::printf("\n");
  }

  std::string title_;
  std::string note_;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/** Writes the tables of a program as one piece of the report. */
inline void WriteTables(const std::string& path, const std::vector<const Table*>& tables) {
  std::string list;
  for (const Table* table : tables) {
    if (!list.empty()) list += ',';
    list += table->Json();
  }
  std::FILE* file = std::fopen(path.c_str(), "w");
  tests::Expect(file != nullptr, "could not write " + path);
  std::fprintf(file, "{\"tables\":[%s]}\n", list.c_str());
  std::fclose(file);
}

}  // namespace verbatim::cuda::bench
