#include "journal/entry.h"

#include <algorithm>

#include "base/status.h"
#include "base/utf8.h"
#include "codec/fixed.h"
#include "codec/keyspace.h"
#include "journal/entry_frame.h"

namespace daftar::journal {
namespace {

// Sets the hash of an entry apart from that of anything else, a record's digest above all.
constexpr std::string_view kHashDomain = "daftar journal entry 1\n";

constexpr size_t kPartKeyBytes = 13;
constexpr size_t kVersionAt = 1;
constexpr size_t kPartAt = 9;

// Within the head's fields, which begin behind the frame.
constexpr size_t kTimeAt = 0;
constexpr size_t kChangeCountAt = 8;
constexpr size_t kPartCountAt = 16;
constexpr size_t kActorBytesAt = 20;
constexpr size_t kReasonBytesAt = 24;
constexpr size_t kDecisionBytesAt = 28;
constexpr size_t kPreviousAt = 32;
constexpr size_t kChangesHashAt = 64;
constexpr size_t kTextAt = 96;

template <typename T>
void AppendBigEndian(T value, std::string* out) {
  for (size_t i = sizeof(T); i-- > 0;) out->push_back(static_cast<char>(value >> (i * 8)));
}

template <typename T>
T ReadBigEndian(std::string_view bytes, size_t offset) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>((value << 8) | static_cast<uint8_t>(bytes[offset + i]));
  }
  return value;
}

Hash ReadHash(std::string_view bytes, size_t offset) {
  Hash hash;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), hash.size(), hash.begin());
  return hash;
}

struct TextLimits {
  std::string_view field;
  size_t bytes_max;
  bool many_lines;
};

bool IsControl(int32_t character) {
  return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

absl::Status CheckText(std::string_view text, const TextLimits& limits) {
  const auto refuse = [&](std::string_view cause) {
    return InvalidArgument("what the commit states cannot be stored")
        .With("field", limits.field)
        .With("cause", cause);
  };
  if (text.size() > limits.bytes_max) {
    return refuse("too long").With("bytes", text.size()).With("limit", limits.bytes_max);
  }
  if (const auto at = ValidateUtf8(text); at.has_value()) {
    return refuse("not UTF-8").With("offset", *at);
  }
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const int32_t character = NextCharacter(text, &at);
    const bool allowed = limits.many_lines && (character == '\n' || character == '\t');
    if (IsControl(character) && !allowed) {
      return refuse("control character").With("offset", begin);
    }
  }
  return absl::OkStatus();
}

// Takes `bytes` bytes off the front of `rest` unless it has fewer.
bool TakeText(size_t bytes, std::string_view* rest, std::string* text) {
  if (rest->size() < bytes) return false;
  *text = rest->substr(0, bytes);
  rest->remove_prefix(bytes);
  return true;
}

// Whether a head with these counts is one that EntryWriter makes: only part 0 may be empty, and
// only when nothing was changed.
bool CountsFit(const EntryHead& head, bool first_empty) {
  if (head.change_count == 0) return head.part_count == 1 && first_empty;
  return head.part_count >= 1 && head.part_count <= head.change_count && !first_empty;
}

}  // namespace

absl::Status CheckStatement(const Statement& statement) {
  DAFTAR_RETURN_IF_ERROR(CheckText(statement.actor, {"actor", kActorBytesMax, false}));
  DAFTAR_RETURN_IF_ERROR(CheckText(statement.reason, {"reason", kReasonBytesMax, true}));
  return CheckText(statement.decision, {"decision", kDecisionBytesMax, false});
}

void AppendHeadFields(const EntryHead& head, std::string* out) {
  codec::AppendFixed(head.time, out);
  codec::AppendFixed(head.change_count, out);
  codec::AppendFixed(head.part_count, out);
  codec::AppendFixed(static_cast<uint32_t>(head.actor.size()), out);
  codec::AppendFixed(static_cast<uint32_t>(head.reason.size()), out);
  codec::AppendFixed(static_cast<uint32_t>(head.decision.size()), out);
  *out += BytesOf(head.previous);
  *out += BytesOf(head.changes_hash);
  *out += head.actor;
  *out += head.reason;
  *out += head.decision;
}

Hash HashOf(const EntryHead& head) {
  std::string bytes(kHashDomain);
  codec::AppendFixed(head.version.value(), &bytes);
  AppendHeadFields(head, &bytes);
  return HashOf(bytes);
}

codec::EncodedKey EncodePartKey(PartId id) {
  std::string key = codec::SpacePrefix(codec::Space::kJournal);
  AppendBigEndian(id.version.value(), &key);
  AppendBigEndian(id.part, &key);
  return codec::EncodedKey(std::move(key));
}

absl::StatusOr<PartId> DecodePartKey(std::string_view key) {
  if (key.size() != kPartKeyBytes || !key.starts_with(codec::SpacePrefix(codec::Space::kJournal))) {
    return PartDamaged("wrong key", key);
  }
  return PartId{CommitVersion(ReadBigEndian<uint64_t>(key, kVersionAt)),
                ReadBigEndian<uint32_t>(key, kPartAt)};
}

absl::StatusOr<HeadPart> DecodeHead(std::string_view key, std::string_view value) {
  DAFTAR_ASSIGN_OR_RETURN(const PartId id, DecodePartKey(key));
  if (id.part != 0) return PartDamaged("not the key of a head", key);
  DAFTAR_ASSIGN_OR_RETURN(const std::string_view body, OpenFrame(key, value));
  if (body.size() < kTextAt) return PartDamaged("it is cut short", key);
  HeadPart part;
  EntryHead& head = part.head;
  head.version = id.version;
  head.time = codec::ReadFixed<int64_t>(body, kTimeAt);
  head.change_count = codec::ReadFixed<uint64_t>(body, kChangeCountAt);
  head.part_count = codec::ReadFixed<uint32_t>(body, kPartCountAt);
  head.previous = ReadHash(body, kPreviousAt);
  head.changes_hash = ReadHash(body, kChangesHashAt);
  std::string_view rest = body.substr(kTextAt);
  if (!TakeText(codec::ReadFixed<uint32_t>(body, kActorBytesAt), &rest, &head.actor) ||
      !TakeText(codec::ReadFixed<uint32_t>(body, kReasonBytesAt), &rest, &head.reason) ||
      !TakeText(codec::ReadFixed<uint32_t>(body, kDecisionBytesAt), &rest, &head.decision)) {
    return PartDamaged("wrong length", key);
  }
  if (!CheckStatement({head.actor, head.reason, head.decision}).ok()) {
    return PartDamaged("wrong text", key);
  }
  if (!CountsFit(head, rest.empty())) return PartDamaged("wrong count", key);
  part.changes = rest;
  return part;
}

absl::StatusOr<ChangesPart> DecodePart(std::string_view key, std::string_view value) {
  DAFTAR_ASSIGN_OR_RETURN(const PartId id, DecodePartKey(key));
  if (id.part == 0) return PartDamaged("not the key of a part after the head", key);
  DAFTAR_ASSIGN_OR_RETURN(const std::string_view body, OpenFrame(key, value));
  if (body.empty()) return PartDamaged("it is cut short", key);
  return ChangesPart{id, body};
}

}  // namespace daftar::journal
