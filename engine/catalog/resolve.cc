#include "catalog/resolve.h"

#include <algorithm>
#include <cctype>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "catalog/field_rules.h"
#include "daftar/daftar.capnp.h"
#include "record/annotations.h"
#include "record/kj_fence.h"

namespace daftar::catalog {
namespace {

std::string_view View(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

absl::Status CheckName(std::string_view name) {
  const auto refuse = [&](std::string_view cause) {
    return InvalidArgument(cause).With("name", absl::StrCat("'", name, "'"));
  };
  if (name.empty()) return refuse("a name is missing");
  if (name.size() > kNameBytesMax) return refuse("the name is longer than 64 bytes");
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  if (!std::all_of(name.begin(), name.end(), fits) ||
      std::isalpha(static_cast<unsigned char>(name.front())) == 0) {
    return refuse("a name is letters, digits and underscores, starting with a letter");
  }
  return absl::OkStatus();
}

// A term's words after the path.
struct TermWords {
  std::string_view path;
  bool descending = false;
  codec::Nulls nulls = codec::Nulls::kNever;  // kNever: not said
};

absl::StatusOr<TermWords> SplitTerm(std::string_view text) {
  const std::vector<std::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (words.empty()) return InvalidArgument("a path is missing");
  TermWords term{words[0]};
  size_t i = 1;
  if (i < words.size() && (words[i] == "asc" || words[i] == "desc")) {
    term.descending = words[i++] == "desc";
  }
  if (i + 1 < words.size() && words[i] == "nulls" &&
      (words[i + 1] == "first" || words[i + 1] == "last")) {
    term.nulls = words[i + 1] == "first" ? codec::Nulls::kFirst : codec::Nulls::kLast;
    i += 2;
  }
  if (i != words.size()) {
    return InvalidArgument("after a path comes [asc|desc] [nulls first|nulls last]")
        .With("text", absl::StrCat("'", text, "'"));
  }
  return term;
}

absl::StatusOr<record::FieldPath> ParseKeyable(capnp::StructSchema schema, std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, record::FieldPath::Parse(schema, text));
  if (path.type().meaning() == record::Meaning::kJson) {
    return InvalidArgument("a $json field has no order").With("path", text);
  }
  return path;
}

absl::StatusOr<Term> ParseKeyTerm(capnp::StructSchema schema, std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(const TermWords words, SplitTerm(text));
  if (words.nulls != codec::Nulls::kNever) {
    return InvalidArgument("a key is never null; leave 'nulls' out").With("path", words.path);
  }
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, ParseKeyable(schema, words.path));
  if (path.fans_out())
    return InvalidArgument("a key cannot go into a list").With("path", words.path);
  if (path.in_union()) {
    return InvalidArgument("a key cannot be optional or in a union").With("path", words.path);
  }
  Term term{std::move(path), {}};
  term.part.type = term.path.type().key_type();
  term.part.direction =
      words.descending ? codec::Direction::kDescending : codec::Direction::kAscending;
  term.part.nulls = codec::Nulls::kNever;
  return term;
}

absl::StatusOr<Term> ParseCoveringTerm(capnp::StructSchema schema, std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, record::FieldPath::Parse(schema, text));
  if (path.fans_out()) {
    return InvalidArgument("a covered path cannot go into a list").With("path", text);
  }
  Term term{std::move(path), {}};
  term.part.type = term.path.type().key_type();
  term.part.nulls = term.path.nullable() ? codec::Nulls::kFirst : codec::Nulls::kNever;
  return term;
}

absl::Status CheckCount(size_t count, std::string_view what) {
  if (count == 0) return InvalidArgument(absl::StrCat(what, " names no path"));
  if (count > kTermsMax) {
    return InvalidArgument(absl::StrCat(what, " names too many paths"))
        .With("paths", count)
        .With("limit", kTermsMax);
  }
  return absl::OkStatus();
}

using TermParser = absl::StatusOr<Term> (*)(capnp::StructSchema, std::string_view);

absl::StatusOr<std::vector<Term>> ParseTerms(capnp::StructSchema schema,
                                             capnp::List<capnp::Text>::Reader texts,
                                             TermParser parse) {
  std::vector<Term> terms;
  for (auto text : texts) {
    DAFTAR_ASSIGN_OR_RETURN(Term term, parse(schema, View(text)));
    for (const Term& other : terms) {
      if (other.path == term.path) {
        return InvalidArgument("a path comes twice").With("path", View(text));
      }
    }
    terms.push_back(std::move(term));
  }
  return terms;
}

// Every path that fans out must walk through a beginning of the same chain of lists: then an entry
// is one element, and never a combination of elements of two lists.
absl::Status CheckFanOut(const IndexDef& index) {
  if (!index.fans_out()) return absl::OkStatus();
  const record::FieldPath& longest = index.longest_fan_out();
  for (const Term& term : index.on) {
    const size_t lists = term.path.list_count();
    if (lists > 0 && !term.path.SharesList(lists - 1, longest)) {
      return InvalidArgument("an index cannot go into two lists; declare two indexes")
          .With("path", term.path.text())
          .With("other", longest.text());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<IndexDef> ResolveIndex(capnp::StructSchema schema, schema::Index::Reader source) {
  IndexDef index;
  index.name = std::string(View(source.getName()));
  DAFTAR_RETURN_IF_ERROR(CheckName(index.name));
  DAFTAR_RETURN_IF_ERROR(CheckCount(source.getOn().size(), "`on`"));
  DAFTAR_ASSIGN_OR_RETURN(index.on, ParseTerms(schema, source.getOn(), ParseIndexTerm));
  DAFTAR_RETURN_IF_ERROR(CheckFanOut(index));
  index.unique = source.getUnique();
  if (source.getCovering().size() > kTermsMax) {
    DAFTAR_RETURN_IF_ERROR(CheckCount(source.getCovering().size(), "`covering`"));
  }
  DAFTAR_ASSIGN_OR_RETURN(index.covering,
                          ParseTerms(schema, source.getCovering(), ParseCoveringTerm));
  for (const Term& covered : index.covering) {
    for (const Term& term : index.on) {
      if (covered.path == term.path) {
        return InvalidArgument("a path of `on` needs no covering").With("path", term.path.text());
      }
    }
  }
  DAFTAR_ASSIGN_OR_RETURN(index.where, record::ParseConditions(schema, View(source.getWhere())));
  for (const record::Condition& condition : index.where) {
    if (condition.path.fans_out()) {
      return InvalidArgument("`where` cannot go into a list").With("path", condition.path.text());
    }
  }
  return index;
}

absl::Status AddIndex(schema::Index::Reader source, TableDef* table) {
  auto index = ResolveIndex(table->schema, source);
  if (!index.ok()) return WithContext(index.status(), "index", View(source.getName()));
  if (table->FindIndex(index->name) != nullptr) {
    return InvalidArgument("two indexes have one name").With("index", index->name);
  }
  if (table->indexes.size() == kIndexesPerTableMax) {
    return InvalidArgument("table has too many indexes").With("limit", kIndexesPerTableMax);
  }
  table->indexes.push_back(*std::move(index));
  return absl::OkStatus();
}

// What commits must state, and how long old versions are kept.
absl::Status TakeRequirements(schema::Table::Reader source, TableDef* table) {
  for (const schema::Table::Statement part : source.getRequires()) {
    switch (part) {
      case schema::Table::Statement::ACTOR:
        table->requires_actor = true;
        continue;
      case schema::Table::Statement::REASON:
        table->requires_reason = true;
        continue;
      case schema::Table::Statement::DECISION:
        table->requires_decision = true;
        continue;
    }
    return InvalidArgument("`requires` names what this library does not know")
        .With("table", table->name);
  }
  table->history_days = source.getHistoryDays();
  return absl::OkStatus();
}

// Fills `table` from the annotations of its struct. False: the struct is no table.
absl::StatusOr<bool> ResolveTable(TableDef* table) {
  bool is_table = false;
  bool has_index = false;
  for (auto annotation : table->schema.getProto().getAnnotations()) {
    if (annotation.getId() == record::kIndexAnnotation) has_index = true;
    if (annotation.getId() != record::kTableAnnotation) continue;
    if (is_table) return InvalidArgument("a struct has one $table at most");
    is_table = true;
    auto source = annotation.getValue().getStruct().getAs<schema::Table>();
    table->name = std::string(View(source.getName()));
    DAFTAR_RETURN_IF_ERROR(CheckName(table->name));
    DAFTAR_RETURN_IF_ERROR(CheckCount(source.getKey().size(), "`key`"));
    DAFTAR_ASSIGN_OR_RETURN(table->key, ParseTerms(table->schema, source.getKey(), ParseKeyTerm));
    DAFTAR_RETURN_IF_ERROR(TakeRequirements(source, table));
  }
  if (!is_table) {
    if (has_index) return InvalidArgument("$index stands on a struct with $table only");
    return false;
  }
  for (auto annotation : table->schema.getProto().getAnnotations()) {
    if (annotation.getId() != record::kIndexAnnotation) continue;
    DAFTAR_RETURN_IF_ERROR(
        AddIndex(annotation.getValue().getStruct().getAs<schema::Index>(), table));
  }
  return true;
}

absl::StatusOr<std::vector<TableDef>> ResolveAll(const record::SchemaSet& schemas) {
  DAFTAR_RETURN_IF_ERROR(CheckFields(schemas));
  std::vector<TableDef> tables;
  absl::flat_hash_set<std::string> names;
  for (uint64_t id : schemas.struct_ids()) {
    TableDef table;
    DAFTAR_ASSIGN_OR_RETURN(table.schema, schemas.Struct(id));
    auto resolved = ResolveTable(&table);
    if (!resolved.ok()) {
      return WithContext(resolved.status(), "struct", record::TypeName(table.schema));
    }
    if (!*resolved) continue;
    if (!names.insert(table.name).second) {
      return InvalidArgument("two tables have one name")
          .With("table", table.name)
          .With("struct", record::TypeName(table.schema));
    }
    tables.push_back(std::move(table));
  }
  if (tables.empty()) {
    return InvalidArgument("the schema has no table; put $Daftar.table(name = …) on a struct");
  }
  if (tables.size() > kTablesMax) {
    return InvalidArgument("the schema has too many tables").With("limit", kTablesMax);
  }
  return tables;
}

}  // namespace

absl::StatusOr<Term> ParseIndexTerm(capnp::StructSchema schema, std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(const TermWords words, SplitTerm(text));
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, ParseKeyable(schema, words.path));
  Term term{std::move(path), {}};
  term.part.type = term.path.type().key_type();
  term.part.direction =
      words.descending ? codec::Direction::kDescending : codec::Direction::kAscending;
  if (!term.path.nullable()) {
    if (words.nulls != codec::Nulls::kNever) {
      return InvalidArgument("the field is never null; leave 'nulls' out").With("path", words.path);
    }
    term.part.nulls = codec::Nulls::kNever;
  } else if (words.nulls != codec::Nulls::kNever) {
    term.part.nulls = words.nulls;
  } else {
    term.part.nulls = words.descending ? codec::Nulls::kLast : codec::Nulls::kFirst;
  }
  return term;
}

absl::StatusOr<std::vector<TableDef>> ResolveTables(
    const std::shared_ptr<const record::SchemaSet>& schemas) {
  return record::Fenced(absl::StatusCode::kInvalidArgument, "annotations do not decode",
                        [&] { return ResolveAll(*schemas); });
}

absl::StatusOr<Catalog> NewCatalog(std::shared_ptr<const record::SchemaSet> schemas) {
  Catalog catalog;
  DAFTAR_ASSIGN_OR_RETURN(catalog.tables, ResolveTables(schemas));
  catalog.schemas = std::move(schemas);
  catalog.version = SchemaVersion(1);
  uint32_t next_table = 1;
  uint32_t next_index = 1;
  for (TableDef& table : catalog.tables) {
    table.id = TableId(next_table++);
    for (IndexDef& index : table.indexes) index.id = IndexId(next_index++);
  }
  catalog.next_table = TableId(next_table);
  catalog.next_index = IndexId(next_index);
  return catalog;
}

}  // namespace daftar::catalog
