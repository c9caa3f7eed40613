#include "io/spec.h"

#include <unordered_set>

#include "absl/strings/numbers.h"
#include "base/status.h"

namespace daftar::io {

using record::JsonArray;
using record::JsonMember;
using record::JsonNumber;
using record::JsonObject;

absl::Status Spec::Wrong(std::string_view cause) const {
  return InvalidArgument("import map is not valid").With("place", place_).With("cause", cause);
}

absl::StatusOr<std::string> Spec::Text() const {
  if (const std::string* text = value_->as_string()) return *text;
  return Wrong(absl::StrCat("text is expected, not ", value_->KindName()));
}

absl::StatusOr<std::vector<std::string>> Spec::Texts() const {
  std::vector<std::string> texts;
  if (const std::string* text = value_->as_string()) {
    texts.push_back(*text);
    return texts;
  }
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<Spec> elements, Elements());
  for (const Spec& element : elements) {
    DAFTAR_ASSIGN_OR_RETURN(std::string text, element.Text());
    texts.push_back(std::move(text));
  }
  return texts;
}

absl::StatusOr<int64_t> Spec::Integer() const {
  int64_t integer = 0;
  const JsonNumber* number = value_->as_number();
  if (number != nullptr && absl::SimpleAtoi(number->text, &integer)) return integer;
  return Wrong(absl::StrCat("an integer is expected, not ", value_->KindName()));
}

absl::Status Spec::True() const {
  const bool* boolean = value_->as_bool();
  if (boolean != nullptr && *boolean) return absl::OkStatus();
  return Wrong("it can only be true; leave it out otherwise");
}

absl::StatusOr<std::vector<std::pair<std::string, Spec>>> Spec::Members() const {
  const JsonObject* members = value_->as_object();
  if (members == nullptr) {
    return Wrong(absl::StrCat("an object is expected, not ", value_->KindName()));
  }
  std::vector<std::pair<std::string, Spec>> result;
  std::unordered_set<std::string_view> seen;
  for (const JsonMember& member : *members) {
    Spec spec(&member.value, place_.empty() ? member.name : absl::StrCat(place_, ".", member.name));
    if (!seen.insert(member.name).second) return spec.Wrong("the name stands twice");
    result.emplace_back(member.name, std::move(spec));
  }
  return result;
}

absl::StatusOr<std::vector<Spec>> Spec::Elements() const {
  const JsonArray* array = value_->as_array();
  if (array == nullptr) {
    return Wrong(absl::StrCat("a list is expected, not ", value_->KindName()));
  }
  std::vector<Spec> result;
  for (size_t i = 0; i < array->size(); ++i) {
    result.emplace_back(&(*array)[i], absl::StrCat(place_, "[", i, "]"));
  }
  return result;
}

}  // namespace daftar::io
