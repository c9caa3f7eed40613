#include "search/numbers.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "base/digits.h"
#include "base/status.h"
#include "base/utf8.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "identifier/canonical.h"

namespace daftar::search {
namespace {

// Longer texts are no numbers: an IBAN has 34 characters, printed with spaces between.
constexpr size_t kNumberBytesMax = 96;

constexpr double kWholeKey = 1;
constexpr double kUniqueIndex = 0.99;
constexpr double kIndex = 0.98;
constexpr double kPartOfKey = 0.97;

std::string WithoutSeparators(std::string_view text) {
  std::string bare;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)))
      bare += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return bare;
}

// `text` as a value of the part, or nothing when it is none.
std::optional<OwnedScalar> ValueOf(const catalog::Term& term, const std::string& text) {
  using codec::KeyType;
  const auto fits = [&](auto value) { return absl::SimpleAtoi(text, &value); };
  if (term.path.type().meaning() != record::Meaning::kPlain) return std::nullopt;
  if (term.path.type().type().isEnum()) return std::nullopt;
  int64_t number = 0;
  uint64_t count = 0;
  switch (term.part.type) {
    case KeyType::kText:
      return OwnedScalar(text);
    case KeyType::kInt32:
      if (!fits(int32_t{})) return std::nullopt;
      [[fallthrough]];
    case KeyType::kInt64:
      if (!absl::SimpleAtoi(text, &number)) return std::nullopt;
      return OwnedScalar(number);
    case KeyType::kUInt32:
      if (!fits(uint32_t{})) return std::nullopt;
      [[fallthrough]];
    case KeyType::kUInt64:
      if (!absl::SimpleAtoi(text, &count)) return std::nullopt;
      return OwnedScalar(count);
    default:
      // Smaller numbers count things and do not name them.
      return std::nullopt;
  }
}

class NumberSearch {
 public:
  NumberSearch(const txn::ReadView& view, const catalog::TableDef& table, size_t each_max)
      : view_(view), table_(table), each_max_(each_max) {}

  absl::Status Find(const std::string& way) {
    DAFTAR_RETURN_IF_ERROR(FindInKey(way));
    for (const catalog::IndexDef& index : table_.indexes) {
      if (!index.answers_queries() || index.on.front().part.type != codec::KeyType::kText) continue;
      DAFTAR_RETURN_IF_ERROR(FindInIndex(index, way));
    }
    return absl::OkStatus();
  }

  std::vector<NumberHit> Take() && { return std::move(hits_); }

 private:
  absl::Status FindInKey(const std::string& way) {
    const auto value = ValueOf(table_.key.front(), way);
    if (!value.has_value()) return absl::OkStatus();
    const std::string prefix = codec::RecordPrefix(table_.id);
    const double score = table_.key.size() == 1 ? kWholeKey : kPartOfKey;
    return Scan(prefix, table_.key.front(), *value, [&](std::string_view key) {
      Add(key.substr(prefix.size()), table_.key.front(), way, score);
      return absl::OkStatus();
    });
  }

  absl::Status FindInIndex(const catalog::IndexDef& index, const std::string& way) {
    const auto value = ValueOf(index.on.front(), way);
    if (!value.has_value()) return absl::OkStatus();
    const std::string prefix = codec::IndexPrefix(index.id);
    const double score = index.unique ? kUniqueIndex : kIndex;
    return Scan(prefix, index.on.front(), *value, [&](std::string_view key) -> absl::Status {
      key.remove_prefix(prefix.size());
      for (const catalog::Term& term : index.on) {
        DAFTAR_RETURN_IF_ERROR(codec::SkipPart(term.part, &key));
      }
      Add(key, index.on.front(), way, score);
      return absl::OkStatus();
    });
  }

  // Calls `take` with the first keys that go on with the value.
  template <typename Take>
  absl::Status Scan(std::string lower, const catalog::Term& term, const OwnedScalar& value,
                    const Take& take) {
    codec::AppendPart(term.part, ToView(value), &lower);
    const auto entries = view_.reader->NewIterator({lower, codec::PrefixEnd(lower)}, {});
    for (size_t i = 0; i < each_max_; ++i) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
      if (!found) return absl::OkStatus();
      DAFTAR_RETURN_IF_ERROR(take(entries->key()));
    }
    return absl::OkStatus();
  }

  void Add(std::string_view primary_key, const catalog::Term& term, const std::string& way,
           double score) {
    hits_.push_back({std::string(primary_key), term.path.text(), way, score});
  }

  const txn::ReadView& view_;
  const catalog::TableDef& table_;
  const size_t each_max_;
  std::vector<NumberHit> hits_;
};

}  // namespace

bool MayBeNumber(std::string_view text) {
  if (text.size() > kNumberBytesMax) return false;
  for (size_t i = 0; i < text.size();) {
    const int32_t c = AsciiDigit(NextCharacter(text, &i));
    if (c >= '0' && c <= '9') return true;
  }
  return false;
}

std::vector<std::string> WaysToWrite(std::string_view text) {
  std::vector<std::string> ways;
  const auto add = [&](std::string way) {
    if (!way.empty() && std::find(ways.begin(), ways.end(), way) == ways.end()) {
      ways.push_back(std::move(way));
    }
  };
  const std::string_view trimmed = absl::StripAsciiWhitespace(text);
  add(std::string(trimmed));
  const std::string ascii = WithAsciiDigits(trimmed);
  add(ascii);
  add(absl::AsciiStrToUpper(ascii));
  for (const identifier::Scheme scheme : identifier::SchemesOf(trimmed)) {
    const auto canonical = identifier::Canonical(scheme, trimmed);
    if (!canonical.ok()) continue;
    add(*canonical);
    add(identifier::Printed(scheme, *canonical));
  }
  add(WithoutSeparators(ascii));
  return ways;
}

absl::StatusOr<std::vector<NumberHit>> FindNumber(const txn::ReadView& view,
                                                  const catalog::TableDef& table,
                                                  const std::vector<std::string>& ways,
                                                  size_t each_max) {
  NumberSearch search(view, table, each_max);
  for (const std::string& way : ways) DAFTAR_RETURN_IF_ERROR(search.Find(way));
  return std::move(search).Take();
}

}  // namespace daftar::search
