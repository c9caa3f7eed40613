#include "slt/script.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace daftar::slt {
namespace {

constexpr std::string_view kOwnName = "sqlite";

class Parser {
 public:
  explicit Parser(std::string_view text) {
    for (std::string_view line : absl::StrSplit(text, '\n')) {
      lines_.push_back(absl::StripSuffix(line, "\r"));
    }
  }

  absl::StatusOr<std::vector<Record>> Parse() {
    std::vector<Record> records;
    while (next_ < lines_.size()) {
      const std::string_view line = lines_[next_];
      if (line.empty() || line.starts_with('#')) {
        ++next_;
        continue;
      }
      auto record = ParseRecord();
      if (!record.ok()) return record.status();
      if (!record->sql.empty() || record->kind == Record::Kind::kHalt) {
        records.push_back(*std::move(record));
      }
    }
    return records;
  }

 private:
  bool AtBlank() const { return next_ >= lines_.size() || lines_[next_].empty(); }

  absl::StatusOr<Record> ParseRecord() {
    Record record;
    while (!AtBlank()) {
      record.line = static_cast<int>(next_) + 1;
      const std::string_view line = lines_[next_++];
      if (line.starts_with('#')) continue;
      // A comment may stand behind the words.
      const std::vector<std::string_view> words =
          absl::StrSplit(line.substr(0, line.find('#')), ' ', absl::SkipEmpty());
      if (words[0] == "skipif" && words.size() > 1) {
        record.for_others = record.for_others || words[1] == kOwnName;
      } else if (words[0] == "onlyif" && words.size() > 1) {
        record.for_others = record.for_others || words[1] != kOwnName;
      } else if (words[0] == "hash-threshold") {
        // What was expected says by itself whether it is a hash.
      } else if (words[0] == "halt") {
        record.kind = Record::Kind::kHalt;
        return record;
      } else if (words[0] == "statement" && words.size() > 1) {
        record.must_fail = words[1] == "error";
        record.sql = TakeSql();
        return record;
      } else if (words[0] == "query" && words.size() > 1) {
        return ParseQuery(words, std::move(record));
      } else {
        return absl::InvalidArgumentError(
            absl::StrCat("no record; line=", record.line, "; text=", line));
      }
    }
    return record;
  }

  absl::StatusOr<Record> ParseQuery(const std::vector<std::string_view>& words, Record record) {
    record.kind = Record::Kind::kQuery;
    record.types = std::string(words[1]);
    if (words.size() > 2 && words[2] == "rowsort") record.sort = Record::Sort::kRows;
    if (words.size() > 2 && words[2] == "valuesort") record.sort = Record::Sort::kValues;
    record.sql = TakeSql();
    if (next_ < lines_.size() && lines_[next_] == "----") ++next_;
    while (!AtBlank()) record.expected.emplace_back(lines_[next_++]);
    return record;
  }

  std::string TakeSql() {
    std::string sql;
    while (!AtBlank() && lines_[next_] != "----") {
      absl::StrAppend(&sql, sql.empty() ? "" : "\n", lines_[next_++]);
    }
    return sql;
  }

  std::vector<std::string_view> lines_;
  size_t next_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<Record>> ParseScript(std::string_view text) {
  return Parser(text).Parse();
}

}  // namespace daftar::slt
