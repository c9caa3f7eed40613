#include "sql/columns.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status.h"
#include "record/json_codec.h"
#include "record/kj_fence.h"

namespace daftar::sql {
namespace {

// SQLite's own default.
constexpr size_t kColumnsMax = 2000;
// Structs inside one another that get columns for their fields; deeper ones are in the JSON of
// those around them.
constexpr size_t kDepthMax = 8;

class Collector {
 public:
  explicit Collector(capnp::StructSchema root) : root_(root) {
    Column as_of;
    as_of.name = "as_of";
    as_of.kind = Column::Kind::kAsOf;
    as_of.hidden = true;
    columns_.push_back(std::move(as_of));
  }

  absl::Status AddFields(capnp::StructSchema schema, const std::string& prefix) {
    for (auto field : schema.getFields()) {
      const std::string name = absl::StrCat(prefix, field.getProto().getName().cStr());
      DAFTAR_RETURN_IF_ERROR(AddField(field, name));
    }
    return absl::OkStatus();
  }

  std::vector<Column> Take() { return std::move(columns_); }

 private:
  absl::Status AddField(capnp::StructSchema::Field field, const std::string& name) {
    const capnp::Type type = field.getType();
    if (type.isVoid()) return absl::OkStatus();
    if (record::FieldType::IsScalar(type)) return AddScalar(name);
    if (!type.isStruct()) return AddJson(name, false);
    const capnp::StructSchema inner = type.asStruct();
    if (record::IsOptional(inner)) {
      const capnp::Type value = record::OptionalValue(inner).getType();
      return record::FieldType::IsScalar(value) ? AddScalar(name) : AddJson(name, false);
    }
    if (!field.getProto().isGroup()) DAFTAR_RETURN_IF_ERROR(AddJson(name, true));
    // A struct inside itself, at any distance, is shown by the JSON around it.
    const uint64_t id = inner.getProto().getId();
    if (inside_.size() == kDepthMax || std::count(inside_.begin(), inside_.end(), id) > 0) {
      return absl::OkStatus();
    }
    inside_.push_back(id);
    DAFTAR_RETURN_IF_ERROR(AddFields(inner, name + "."));
    inside_.pop_back();
    return absl::OkStatus();
  }

  absl::Status AddScalar(const std::string& name) {
    DAFTAR_ASSIGN_OR_RETURN(const record::FieldPath path, record::FieldPath::Parse(root_, name));
    const Column& column = columns_.emplace_back(ColumnAt(name, path));
    if (column.form == Form::kDecimal) columns_.push_back(UnscaledOf(column));
    return absl::OkStatus();
  }

  absl::Status AddJson(const std::string& name, bool hidden) {
    DAFTAR_RETURN_IF_ERROR(record::CheckJsonPath(root_, name));
    Column column;
    column.name = name;
    column.hidden = hidden;
    columns_.push_back(std::move(column));
    return absl::OkStatus();
  }

  const capnp::StructSchema root_;
  std::vector<Column> columns_;
  std::vector<uint64_t> inside_;
};

}  // namespace

Column ColumnAt(std::string name, const record::FieldPath& path) {
  Column column;
  column.name = std::move(name);
  column.kind = Column::Kind::kScalar;
  column.path = path;
  column.form = FormOf(path.type());
  column.scale = path.type().scale();
  return column;
}

Column UnscaledOf(Column column) {
  column.name += ".unscaled";
  // The scale stays: it says what the integer counts.
  column.kind = Column::Kind::kUnscaled;
  column.hidden = true;
  column.form = Form::kInteger;
  return column;
}

Form FormOf(const record::FieldType& type) {
  switch (type.meaning()) {
    case record::Meaning::kDate:
      return Form::kDate;
    case record::Meaning::kInstant:
      return Form::kInstant;
    case record::Meaning::kDecimal:
      return Form::kDecimal;
    case record::Meaning::kPlain:
    case record::Meaning::kJson:
      break;
  }
  if (type.type().isEnum()) return Form::kEnum;
  switch (type.key_type()) {
    case codec::KeyType::kBool:
      return Form::kBool;
    case codec::KeyType::kUInt64:
      return Form::kUnsigned;
    case codec::KeyType::kFloat32:
    case codec::KeyType::kFloat64:
      return Form::kReal;
    case codec::KeyType::kText:
      return Form::kText;
    case codec::KeyType::kData:
      return Form::kBlob;
    default:
      return Form::kInteger;
  }
}

namespace {

std::string_view TypeOf(const Column& column) {
  switch (column.kind) {
    case Column::Kind::kAsOf:
    case Column::Kind::kMatch:
      return "TEXT";
    case Column::Kind::kUnscaled:
    case Column::Kind::kRank:
      return "BIGINT";
    case Column::Kind::kSimilarity:
      return "REAL";
    case Column::Kind::kJson:
      return "JSON TEXT";
    case Column::Kind::kScalar:
      break;
  }
  switch (column.form) {
    case Form::kBool:
      return "BOOLEAN";
    // Not INTEGER: as a primary key that would be another name of the rowid.
    case Form::kInteger:
    case Form::kUnsigned:
      return "BIGINT";
    case Form::kReal:
      return "REAL";
    case Form::kDecimal:
      return "DECIMAL REAL";
    case Form::kText:
      return column.path->type().meaning() == record::Meaning::kJson ? "JSON TEXT" : "TEXT";
    case Form::kBlob:
      return "BLOB";
    case Form::kEnum:
      return "ENUM TEXT";
    case Form::kDate:
      return "DATE TEXT";
    case Form::kInstant:
      return "INSTANT TEXT";
  }
  return "BLOB";
}

}  // namespace

std::string Column::DeclaredType() const {
  return absl::StrCat(TypeOf(*this), hidden ? " HIDDEN" : "");
}

bool HasIntegerKey(const catalog::TableDef& table) {
  return table.key.size() == 1 && FormOf(table.key.front().path.type()) == Form::kInteger;
}

bool HasOwnRowId(const catalog::TableDef& table) {
  return HasIntegerKey(table) && table.key.front().path.text() == "rowid" &&
         table.key.front().part.type == codec::KeyType::kInt64;
}

namespace {

void AddMatchColumns(const catalog::TableDef& table, std::vector<Column>* columns) {
  const bool is_searched =
      std::any_of(table.indexes.begin(), table.indexes.end(),
                  [](const catalog::IndexDef& index) { return index.search.has_value(); });
  if (!is_searched) return;
  for (const auto& [name, kind] : {std::pair(std::string(table.name), Column::Kind::kMatch),
                                   std::pair(std::string("similarity"), Column::Kind::kSimilarity),
                                   std::pair(std::string("rank"), Column::Kind::kRank)}) {
    if (FindColumn(*columns, name).has_value()) continue;  // a field of the table comes first
    Column& column = columns->emplace_back();
    column.name = name;
    column.kind = kind;
    column.hidden = true;
  }
}

}  // namespace

absl::StatusOr<std::vector<Column>> ColumnsOf(const catalog::TableDef& table) {
  Collector collector(table.schema);
  DAFTAR_RETURN_IF_ERROR(record::Fenced(absl::StatusCode::kInternal, "schema has no columns",
                                        [&] { return collector.AddFields(table.schema, ""); }));
  std::vector<Column> columns = collector.Take();
  if (HasOwnRowId(table)) columns[*FindColumn(columns, "rowid")].hidden = true;
  AddMatchColumns(table, &columns);
  absl::flat_hash_set<std::string> names;
  for (const Column& column : columns) {
    if (names.insert(absl::AsciiStrToLower(column.name)).second) continue;
    return FailedPrecondition("SQL cannot tell two fields apart; rename one of them")
        .With("table", table.name)
        .With("field", column.name);
  }
  if (columns.size() > kColumnsMax) {
    return FailedPrecondition("the table has more columns than SQL takes")
        .With("table", table.name)
        .With("columns", columns.size())
        .With("limit", kColumnsMax);
  }
  return columns;
}

std::string Declaration(const catalog::TableDef& table, const std::vector<Column>& columns) {
  std::string text = "CREATE TABLE t(";
  for (const Column& column : columns) {
    absl::StrAppend(&text, QuoteName(column.name), " ", column.DeclaredType());
    const bool in_key = column.kind == Column::Kind::kScalar &&
                        std::any_of(table.key.begin(), table.key.end(),
                                    [&](const catalog::Term& t) { return t.path == *column.path; });
    absl::StrAppend(&text, in_key ? " NOT NULL, " : ", ");
  }
  std::string key;
  for (const catalog::Term& term : table.key) {
    absl::StrAppend(&key, key.empty() ? "" : ", ", QuoteName(term.path.text()));
  }
  return absl::StrCat(text, "PRIMARY KEY (", key, "))");
}

std::optional<size_t> FindColumn(const std::vector<Column>& columns, std::string_view name) {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (absl::EqualsIgnoreCase(columns[i].name, name)) return i;
  }
  return std::nullopt;
}

std::optional<size_t> FindColumn(const std::vector<Column>& columns,
                                 const record::FieldPath& path) {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].kind == Column::Kind::kScalar && *columns[i].path == path) return i;
  }
  return std::nullopt;
}

std::string QuoteName(std::string_view name) {
  return absl::StrCat("\"", absl::StrReplaceAll(name, {{"\"", "\"\""}}), "\"");
}

}  // namespace daftar::sql
