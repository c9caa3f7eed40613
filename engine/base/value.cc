#include "daftar/value.h"

#include <array>
#include <charconv>
#include <cmath>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/calendar.h"
#include "base/decimal.h"
#include "base/json_string.h"

namespace daftar {
namespace {

// The shortest text that reads back as the same double.
std::string FormatDouble(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(text, &out);
  return out;
}

struct ToStringVisitor {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(bool v) const { return v ? "true" : "false"; }
  std::string operator()(int64_t v) const { return absl::StrCat(v); }
  std::string operator()(uint64_t v) const { return absl::StrCat(v); }
  std::string operator()(double v) const { return FormatDouble(v); }
  std::string operator()(const std::string& v) const { return v; }
  std::string operator()(const Blob& v) const { return absl::BytesToHexString(v.bytes); }
  // An enumerant that a newer schema wrote has no name here: its number is all there is to show.
  std::string operator()(const Enumerant& v) const {
    return v.name.empty() ? absl::StrCat(v.ordinal) : v.name;
  }
  std::string operator()(Date v) const { return FormatDate(v); }
  std::string operator()(Instant v) const { return FormatInstant(v); }
  std::string operator()(Decimal v) const { return FormatDecimal(v); }
};

struct ToJsonVisitor : ToStringVisitor {
  using ToStringVisitor::operator();
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(double v) const {
    return std::isfinite(v) ? FormatDouble(v) : Quoted(FormatDouble(v));
  }
  std::string operator()(const std::string& v) const { return Quoted(v); }
  std::string operator()(const Blob& v) const { return Quoted(absl::Base64Escape(v.bytes)); }
  std::string operator()(const Enumerant& v) const {
    return v.name.empty() ? absl::StrCat(v.ordinal) : Quoted(v.name);
  }
  std::string operator()(Date v) const { return Quoted(FormatDate(v)); }
  std::string operator()(Instant v) const { return Quoted(FormatInstant(v)); }
};

}  // namespace

std::string Value::ToString() const { return std::visit(ToStringVisitor(), v_); }

std::string Value::ToJson() const { return std::visit(ToJsonVisitor(), v_); }

}  // namespace daftar
