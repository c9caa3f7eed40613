#include "io/row_mapper.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace daftar::io {

using record::JsonArray;
using record::JsonNumber;
using record::JsonValue;

absl::StatusOr<std::unique_ptr<RowMapper>> RowMapper::Create(const TableMap* map,
                                                             const RowSource& source) {
  std::unique_ptr<RowMapper> mapper(new RowMapper(map));
  const std::vector<std::string>& names = source.columns();
  for (const std::string& name : map->names.columns) {
    Column column;
    column.name = name;
    if (source.is_json()) {
      column.steps = JsonStepsOf(name);
    } else {
      const auto found = std::find(names.begin(), names.end(), name);
      if (found == names.end()) {
        return InvalidArgument("import map names a column that the input does not have")
            .With("column", name)
            .With("columns", absl::StrJoin(names, ", "));
      }
      column.index = static_cast<size_t>(found - names.begin());
    }
    mapper->columns_.push_back(std::move(column));
  }
  mapper->sequences_.resize(map->names.sequence_count);
  mapper->items_.resize(map->each.size());
  mapper->values_.resize(map->values.size());
  for (const ValueSpec& value : map->values) {
    const auto* reference = std::get_if<Reference>(&value.source);
    const bool is_cell = !source.is_json() && reference != nullptr && value.ops.empty() &&
                         reference->kind == Reference::Kind::kColumn;
    mapper->plain_cells_.push_back(is_cell ? std::optional(mapper->columns_[reference->index].index)
                                           : std::nullopt);
  }
  return mapper;
}

std::vector<RowMapper::JsonStep> RowMapper::JsonStepsOf(std::string_view name) {
  std::vector<JsonStep> steps;
  for (std::string_view part : absl::StrSplit(name, '.')) {
    const size_t open = std::min(part.find('['), part.size());
    steps.emplace_back(std::string(part.substr(0, open)));
    size_t index = 0;
    if (part.ends_with(']') &&
        absl::SimpleAtoi(part.substr(open + 1, part.size() - open - 2), &index)) {
      steps.emplace_back(index);
    }
  }
  return steps;
}

JsonValue RowMapper::GetColumn(const Column& column) const {
  if (row_->json == nullptr) {
    const std::string_view cell = row_->cells[column.index];
    return cell.data() == nullptr ? JsonValue() : JsonValue(cell);
  }
  if (const JsonValue* member = row_->json->Find(column.name)) return *member;
  const JsonValue* value = row_->json;
  for (const JsonStep& step : column.steps) {
    if (const auto* name = std::get_if<std::string>(&step)) {
      value = value->Find(*name);
    } else {
      const JsonArray* array = value->as_array();
      const size_t index = std::get<size_t>(step);
      value = array != nullptr && index < array->size() ? &(*array)[index] : nullptr;
    }
    if (value == nullptr) return JsonValue();
  }
  return *value;
}

JsonValue RowMapper::Get(const Reference& reference) const {
  switch (reference.kind) {
    case Reference::Kind::kColumn:
      return GetColumn(columns_[reference.index]);
    case Reference::Kind::kWhole:
      return row_->json == nullptr ? JsonValue(row_->raw) : *row_->json;
    case Reference::Kind::kLine:
      return JsonValue(JsonNumber{absl::StrCat(row_->line)});
    case Reference::Kind::kRow:
      return JsonValue(JsonNumber{absl::StrCat(row_->number)});
    case Reference::Kind::kOrdinal:
      return JsonValue(JsonNumber{absl::StrCat(ordinal_ + 1)});
    case Reference::Kind::kItem:
      break;
  }
  const JsonArray& item = items_[reference.index];
  if (ordinal_ >= item.size()) return JsonValue();
  if (reference.part.empty()) return item[ordinal_];
  const JsonValue* part = item[ordinal_].Find(reference.part);
  return part == nullptr ? JsonValue() : *part;
}

absl::StatusOr<bool> RowMapper::AppendText(const Reference& reference, std::string* out) const {
  if (reference.kind == Reference::Kind::kColumn && row_->json == nullptr) {
    const std::string_view cell = row_->cells[columns_[reference.index].index];
    out->append(cell);
    return cell.data() != nullptr;
  }
  if (reference.kind == Reference::Kind::kWhole) {
    out->append(row_->raw);
    return true;
  }
  const JsonValue value = Get(reference);
  if (value.is_null()) return false;
  const std::optional<std::string> text = TextOf(value);
  if (!text) {
    return InvalidArgument("only text can be put into a template").With("value", value.KindName());
  }
  out->append(*text);
  return true;
}

absl::StatusOr<int64_t> RowMapper::NextOfSequence(const SequenceSource& source) {
  std::string key;
  for (const Reference& reference : source.per) {
    DAFTAR_RETURN_IF_ERROR(AppendText(reference, &key).status());
    key.push_back('\0');
  }
  const auto [counter, is_new] = sequences_[source.index].try_emplace(key, source.start);
  return counter->second++;
}

absl::Status RowMapper::EvaluateList(const ListSource& source, JsonValue* value) {
  JsonArray array;
  for (const ValueSpec& element : source.elements) {
    JsonValue part;
    DAFTAR_RETURN_IF_ERROR(Evaluate(element, &part));
    if (source.first_only && !part.is_null()) {
      *value = std::move(part);
      return absl::OkStatus();
    }
    array.push_back(std::move(part));
  }
  *value = source.first_only ? JsonValue() : JsonValue(std::move(array));
  return absl::OkStatus();
}

absl::Status RowMapper::EvaluateSource(const ValueSpec& spec, JsonValue* value) {
  if (const auto* reference = std::get_if<Reference>(&spec.source)) {
    *value = Get(*reference);
  } else if (const auto* constant = std::get_if<ConstantSource>(&spec.source)) {
    *value = constant->value;
  } else if (const auto* sequence = std::get_if<SequenceSource>(&spec.source)) {
    DAFTAR_ASSIGN_OR_RETURN(const int64_t number, NextOfSequence(*sequence));
    *value = JsonValue(JsonNumber{absl::StrCat(number)});
  } else if (const auto* list = std::get_if<ListSource>(&spec.source)) {
    return EvaluateList(*list, value);
  } else {
    const auto& text = std::get<TemplateSource>(spec.source);
    std::string joined = text.literals[0];
    bool any = false;
    for (size_t i = 0; i < text.references.size(); ++i) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, AppendText(text.references[i], &joined));
      any = any || found;
      joined += text.literals[i + 1];
    }
    *value = any ? JsonValue(std::move(joined)) : JsonValue();
  }
  return absl::OkStatus();
}

absl::Status RowMapper::Evaluate(const ValueSpec& spec, JsonValue* value) {
  DAFTAR_RETURN_IF_ERROR(EvaluateSource(spec, value));
  return ApplyAll(spec.ops, value);
}

// One item for each element of the lists of "each", which must have the same length.
absl::Status RowMapper::MakeItems(size_t* count) {
  for (size_t i = 0; i < map_.each.size(); ++i) {
    JsonValue value;
    const absl::Status status = Evaluate(map_.each[i], &value);
    if (!status.ok()) return WithContext(status, "item", map_.names.items[i]);
    JsonArray list;
    if (JsonArray* array = value.as_array()) {
      list = std::move(*array);
    } else if (!value.is_null()) {
      list.push_back(std::move(value));
    }
    if (i > 0 && list.size() != items_[0].size()) {
      return InvalidArgument("lists of \"each\" differ in length")
          .With(map_.names.items[0], items_[0].size())
          .With(map_.names.items[i], list.size());
    }
    items_[i] = std::move(list);
  }
  *count = items_.empty() ? 1 : items_[0].size();
  return absl::OkStatus();
}

bool RowMapper::ItemIsNull() const {
  if (items_.empty()) return false;
  return std::all_of(items_.begin(), items_.end(),
                     [this](const JsonArray& item) { return item[ordinal_].is_null(); });
}

absl::StatusOr<bool> RowMapper::IsSkipped(bool by_items) {
  for (const Condition& condition : map_.skip_when) {
    if (UsesItems(condition.value) != by_items) continue;
    JsonValue value;
    DAFTAR_RETURN_IF_ERROR(WithContext(Evaluate(condition.value, &value), "in", "skip_when"));
    if (condition.Holds(value)) return true;
  }
  return false;
}

absl::Status RowMapper::EvaluateValues() {
  for (size_t i = 0; i < values_.size(); ++i) {
    if (plain_cells_[i].has_value()) continue;
    const absl::Status status = Evaluate(map_.values[i], &values_[i]);
    if (!status.ok()) return WithContext(status, "field", FieldNameOfPath(map_.paths[i]));
  }
  return absl::OkStatus();
}

absl::Status RowMapper::AddRecord(MappedRow* mapped) {
  for (size_t i = 0; i < values_.size(); ++i) {
    if (!plain_cells_[i].has_value()) continue;
    const std::string_view cell = row_->cells[*plain_cells_[i]];
    values_[i] = cell.data() == nullptr ? JsonValue() : JsonValue(cell);
  }
  DAFTAR_ASSIGN_OR_RETURN(JsonValue record, map_.shape.Build(values_));
  mapped->records.push_back(std::move(record));
  return absl::OkStatus();
}

absl::StatusOr<bool> RowMapper::Evaluate(const SourceRow& row) {
  row_ = &row;
  DAFTAR_ASSIGN_OR_RETURN(const bool skipped, IsSkipped(false));
  if (skipped) return false;
  DAFTAR_RETURN_IF_ERROR(EvaluateValues());
  return true;
}

bool RowMapper::TakeTexts(std::vector<std::string_view>* texts) const {
  texts->clear();
  for (size_t i = 0; i < values_.size(); ++i) {
    if (plain_cells_[i].has_value()) {
      texts->push_back(row_->cells[*plain_cells_[i]]);
    } else if (const std::string* text = values_[i].as_string()) {
      texts->push_back(*text);
    } else if (values_[i].is_null()) {
      texts->emplace_back();
    } else {
      return false;
    }
  }
  return true;
}

absl::Status RowMapper::Build(MappedRow* mapped) {
  mapped->records.clear();
  mapped->flags.clear();
  return AddRecord(mapped);
}

absl::Status RowMapper::Map(const SourceRow& row, MappedRow* mapped) {
  mapped->records.clear();
  mapped->flags.clear();
  row_ = &row;
  DAFTAR_ASSIGN_OR_RETURN(const bool row_skipped, IsSkipped(false));
  if (row_skipped) return absl::OkStatus();
  size_t count = 0;
  DAFTAR_RETURN_IF_ERROR(MakeItems(&count));
  for (ordinal_ = 0; ordinal_ < count; ++ordinal_) {
    if (ItemIsNull()) continue;
    DAFTAR_ASSIGN_OR_RETURN(const bool item_skipped, IsSkipped(true));
    if (item_skipped) continue;
    DAFTAR_RETURN_IF_ERROR(EvaluateValues());
    DAFTAR_RETURN_IF_ERROR(AddRecord(mapped));
  }
  ordinal_ = 0;
  return merges() ? absl::OkStatus() : SetFlags(mapped);
}

std::string RowMapper::MergeKey(const SourceRow& row) {
  row_ = &row;
  std::string key;
  for (const Reference& reference : map_.merge_by) {
    const std::optional<std::string> text = TextOf(Get(reference));
    if (text) absl::StrAppend(&key, "=", *text);
    key.push_back('\0');
  }
  return key;
}

void RowMapper::Merge(JsonValue more, JsonValue* record) {
  record::JsonObject& members = *record->as_object();
  for (record::JsonMember& added : *more.as_object()) {
    const auto known = std::find_if(
        members.begin(), members.end(),
        [&added](const record::JsonMember& member) { return member.name == added.name; });
    if (known == members.end()) {
      members.push_back(std::move(added));
    } else if (JsonArray* array = known->value.as_array(); array && added.value.as_array()) {
      for (JsonValue& element : *added.value.as_array()) array->push_back(std::move(element));
    }
  }
}

absl::Status RowMapper::SetFlags(MappedRow* mapped) const {
  for (JsonValue& record : mapped->records) {
    for (const FlagRule& rule : map_.flags) {
      DAFTAR_ASSIGN_OR_RETURN(std::optional<Flag> flag, ApplyFlagRule(rule, &record));
      if (flag) mapped->flags.push_back(*std::move(flag));
    }
  }
  return absl::OkStatus();
}

std::string RowMapper::ColumnsOfField(std::string_view field) const {
  std::vector<std::string> columns;
  const std::string wanted = FieldNameOfPath(field);
  for (size_t i = 0; i < map_.paths.size(); ++i) {
    if (FieldNameOfPath(map_.paths[i]) != wanted) continue;
    const ValueSpec& value = map_.values[i];
    CollectColumns(value, map_.names, &columns);
    // What comes from an item comes from the columns of that item.
    if (!UsesItems(value)) continue;
    for (const ValueSpec& each : map_.each) CollectColumns(each, map_.names, &columns);
  }
  std::vector<std::string> distinct;
  for (std::string& column : columns) {
    if (std::find(distinct.begin(), distinct.end(), column) == distinct.end()) {
      distinct.push_back(std::move(column));
    }
  }
  return absl::StrJoin(distinct, ", ");
}

}  // namespace daftar::io
