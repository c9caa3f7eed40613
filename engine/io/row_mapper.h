// Rows to records, as a TableMap says.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/import_map.h"
#include "io/row_source.h"
#include "record/json_value.h"

namespace daftar::io {

// What a row became.
struct MappedRow {
  std::vector<record::JsonValue> records;  // none when the row is skipped
  std::vector<Flag> flags;
};

// Names of columns are looked up once, when the mapper is made. Counters of "sequence" live in it.
// Thread safety: one thread at a time.
class RowMapper {
 public:
  // Errors: InvalidArgument when the input has no column that the map names.
  // Lifetime: `map` outlives the mapper; `source` is not kept.
  static absl::StatusOr<std::unique_ptr<RowMapper>> Create(const TableMap* map,
                                                           const RowSource& source);

  // Replaces what `mapped` holds. Requires: row.status.ok().
  // Errors: InvalidArgument "…; value=…; field=<path without indexes>": a bad row.
  absl::Status Map(const SourceRow& row, MappedRow* mapped);

  // Whether each row is one record at most, with values for paths and nothing to look at behind
  // them. Then a row can be taken in two steps: Evaluate() and, unless it is skipped, either
  // TakeTexts(), when nothing more than texts is wanted, or Build().
  bool is_flat() const { return map_.each.empty() && map_.flags.empty() && !merges(); }
  // The paths of the values. Lifetime: the map's.
  std::span<const std::string> paths() const { return map_.paths; }
  // Works out the values; false when the row is skipped. Requires and errors: as Map().
  absl::StatusOr<bool> Evaluate(const SourceRow& row);
  // The values when all are text or null, which has no data(). Lifetime: the row's and until the
  // next call of the mapper.
  bool TakeTexts(std::vector<std::string_view>* texts) const;
  // Replaces what `mapped` holds by the record of the values. Errors: as Map().
  absl::Status Build(MappedRow* mapped);

  // Whether the map takes nothing out of a row but the row itself, so that JSON that is not an
  // object is a row for it.
  bool takes_any_json() const { return columns_.empty(); }

  // Whether rows are merged: then Map() gives what each row adds, rows with equal MergeKey() go
  // together through Merge(), and SetFlags() must be called on the whole.
  bool merges() const { return !map_.merge_by.empty(); }
  std::string MergeKey(const SourceRow& row);
  // Adds a later row's record to `record`: lists grow at their end, other fields stay as they are
  // or are taken over where they are missing.
  static void Merge(record::JsonValue more, record::JsonValue* record);
  absl::Status SetFlags(MappedRow* mapped) const;

  // The columns that go into a field ("names.text", indexes do not matter), joined by ", "; empty
  // when none does.
  std::string ColumnsOfField(std::string_view field) const;

 private:
  // A step into JSON: a member or an element.
  using JsonStep = std::variant<std::string, size_t>;
  struct Column {
    size_t index = 0;             // of a cell
    std::string name;             // of a JSON row's member, when it has one of this name
    std::vector<JsonStep> steps;  // else the way to it
  };

  explicit RowMapper(const TableMap* map) : map_(*map) {}

  static std::vector<JsonStep> JsonStepsOf(std::string_view name);
  absl::Status MakeItems(size_t* count);
  absl::StatusOr<bool> IsSkipped(bool by_items);
  bool ItemIsNull() const;
  absl::Status EvaluateValues();
  absl::Status AddRecord(MappedRow* mapped);
  absl::Status Evaluate(const ValueSpec& spec, record::JsonValue* value);
  absl::Status EvaluateSource(const ValueSpec& spec, record::JsonValue* value);
  absl::Status EvaluateList(const ListSource& source, record::JsonValue* value);
  record::JsonValue Get(const Reference& reference) const;
  record::JsonValue GetColumn(const Column& column) const;
  // Appends the text of a reference; false when it is null.
  absl::StatusOr<bool> AppendText(const Reference& reference, std::string* out) const;
  absl::StatusOr<int64_t> NextOfSequence(const SequenceSource& source);

  const TableMap& map_;
  std::vector<Column> columns_;  // parallel to map_.names.columns
  // Of the values, those that are cells as they are: the cell's number; others: nothing.
  std::vector<std::optional<size_t>> plain_cells_;
  std::vector<std::unordered_map<std::string, int64_t>> sequences_;
  const SourceRow* row_ = nullptr;
  std::vector<record::JsonArray> items_;  // parallel to map_.names.items
  size_t ordinal_ = 0;                    // of the current item, from 0
  std::vector<record::JsonValue> values_;
};

}  // namespace daftar::io
