#include "io/value_source.h"

#include <algorithm>
#include <optional>

#include "base/status.h"
#include "io/text_pattern.h"

namespace daftar::io {
namespace {

absl::StatusOr<Reference> ParseReference(const Spec& spec, std::string_view text,
                                         SourceNames* names) {
  if (text.empty()) return spec.Wrong("a column name is expected");
  if (text == "$") return Reference{Reference::Kind::kWhole, 0, ""};
  if (text == "$line") return Reference{Reference::Kind::kLine, 0, ""};
  if (text == "$row") return Reference{Reference::Kind::kRow, 0, ""};
  if (text == "#") return Reference{Reference::Kind::kOrdinal, 0, ""};
  if (text.front() != '@') return Reference{Reference::Kind::kColumn, names->ColumnIndex(text), ""};
  const size_t dot = std::min(text.find('.'), text.size());
  const std::string_view item = text.substr(1, dot - 1);
  const auto found = std::find(names->items.begin(), names->items.end(), item);
  if (found == names->items.end()) {
    return spec.Wrong(absl::StrCat("\"each\" has no item called ", item));
  }
  return Reference{Reference::Kind::kItem, static_cast<size_t>(found - names->items.begin()),
                   std::string(dot < text.size() ? text.substr(dot + 1) : "")};
}

absl::StatusOr<TemplateSource> ParseTemplate(const Spec& spec, SourceNames* names) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string text, spec.Text());
  absl::StatusOr<TextPattern> pattern = ParseTextPattern(text);
  if (!pattern.ok()) return spec.Wrong(pattern.status().message());
  TemplateSource source;
  source.literals = std::move(pattern->literals);
  for (const std::string& name : pattern->names) {
    DAFTAR_ASSIGN_OR_RETURN(Reference reference, ParseReference(spec, name, names));
    source.references.push_back(std::move(reference));
  }
  if (source.references.empty()) return spec.Wrong("a template needs a {column}");
  return source;
}

absl::StatusOr<SequenceSource> ParseSequence(const Spec& spec, SourceNames* names) {
  DAFTAR_ASSIGN_OR_RETURN(const auto members, spec.Members());
  SequenceSource source;
  for (const auto& [name, member] : members) {
    if (name == "per") {
      DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> texts, member.Texts());
      for (const std::string& text : texts) {
        DAFTAR_ASSIGN_OR_RETURN(Reference reference, ParseReference(member, text, names));
        source.per.push_back(std::move(reference));
      }
    } else if (name == "start") {
      DAFTAR_ASSIGN_OR_RETURN(source.start, member.Integer());
    } else {
      return member.Wrong("unknown name; known are per, start");
    }
  }
  source.index = names->sequence_count++;
  return source;
}

absl::StatusOr<ListSource> ParseList(const Spec& spec, bool first_only, const LookupTables& lookups,
                                     SourceNames* names) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<Spec> elements, spec.Elements());
  ListSource source;
  source.first_only = first_only;
  for (const Spec& element : elements) {
    DAFTAR_ASSIGN_OR_RETURN(ValueSpec value, ParseValueSpec(element, lookups, names));
    source.elements.push_back(std::move(value));
  }
  if (source.elements.empty()) return spec.Wrong("a source is needed");
  return source;
}

// Parses `spec` as the source called `name`; false when there is no such source.
absl::StatusOr<bool> ParseSource(const std::string& name, const Spec& spec,
                                 const LookupTables& lookups, SourceNames* names,
                                 ValueSpec* value) {
  if (name == "column") {
    DAFTAR_ASSIGN_OR_RETURN(const std::string column, spec.Text());
    if (column.empty()) return spec.Wrong("a column name is expected");
    value->source = Reference{Reference::Kind::kColumn, names->ColumnIndex(column), ""};
  } else if (name == "from") {
    DAFTAR_ASSIGN_OR_RETURN(const std::string text, spec.Text());
    DAFTAR_ASSIGN_OR_RETURN(value->source, ParseReference(spec, text, names));
  } else if (name == "template") {
    DAFTAR_ASSIGN_OR_RETURN(value->source, ParseTemplate(spec, names));
  } else if (name == "constant") {
    value->source = ConstantSource{spec.value()};
  } else if (name == "sequence") {
    DAFTAR_ASSIGN_OR_RETURN(value->source, ParseSequence(spec, names));
  } else if (name == "list" || name == "first_of") {
    DAFTAR_ASSIGN_OR_RETURN(value->source, ParseList(spec, name == "first_of", lookups, names));
  } else {
    return false;
  }
  return true;
}

std::vector<Reference> ReferencesOf(const ValueSpec& spec) {
  if (const auto* reference = std::get_if<Reference>(&spec.source)) return {*reference};
  if (const auto* text = std::get_if<TemplateSource>(&spec.source)) return text->references;
  if (const auto* sequence = std::get_if<SequenceSource>(&spec.source)) return sequence->per;
  return {};
}

}  // namespace

size_t SourceNames::ColumnIndex(std::string_view name) {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found != columns.end()) return static_cast<size_t>(found - columns.begin());
  columns.emplace_back(name);
  return columns.size() - 1;
}

absl::StatusOr<ValueSpec> ParseValueSpec(const Spec& spec, const LookupTables& lookups,
                                         SourceNames* names) {
  if (const std::string* text = spec.value().as_string()) {
    ValueSpec value;
    DAFTAR_ASSIGN_OR_RETURN(value.source, ParseReference(spec, *text, names));
    return value;
  }
  if (spec.value().as_object() == nullptr) {
    return spec.Wrong("a source is expected: a column name or an object");
  }
  DAFTAR_ASSIGN_OR_RETURN(const auto members, spec.Members());
  return ParseValueMembers(spec, members, lookups, names);
}

absl::StatusOr<ValueSpec> ParseValueMembers(
    const Spec& spec, const std::vector<std::pair<std::string, Spec>>& members,
    const LookupTables& lookups, SourceNames* names) {
  ValueSpec value;
  std::vector<std::pair<std::string, Spec>> operations;
  bool has_source = false;
  for (const auto& [name, member] : members) {
    DAFTAR_ASSIGN_OR_RETURN(const bool is_source,
                            ParseSource(name, member, lookups, names, &value));
    if (!is_source) {
      operations.emplace_back(name, member);
    } else if (has_source) {
      return member.Wrong("there is a source already");
    }
    has_source = has_source || is_source;
  }
  if (!has_source) {
    return spec.Wrong(
        "a source is missing: column, from, template, constant, sequence, list or first_of");
  }
  DAFTAR_ASSIGN_OR_RETURN(value.ops, ParseCellOps(operations, lookups));
  return value;
}

void CollectColumns(const ValueSpec& spec, const SourceNames& names,
                    std::vector<std::string>* columns) {
  for (const Reference& reference : ReferencesOf(spec)) {
    if (reference.kind == Reference::Kind::kColumn) {
      columns->push_back(names.columns[reference.index]);
    }
  }
  if (const auto* list = std::get_if<ListSource>(&spec.source)) {
    for (const ValueSpec& element : list->elements) CollectColumns(element, names, columns);
  }
}

bool UsesItems(const ValueSpec& spec) {
  for (const Reference& reference : ReferencesOf(spec)) {
    if (reference.kind == Reference::Kind::kItem || reference.kind == Reference::Kind::kOrdinal) {
      return true;
    }
  }
  const auto* list = std::get_if<ListSource>(&spec.source);
  return list != nullptr && std::any_of(list->elements.begin(), list->elements.end(), &UsesItems);
}

}  // namespace daftar::io
