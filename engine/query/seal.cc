#include "query/seal.h"

#include "absl/strings/escaping.h"
#include "base/status.h"
#include "journal/keyed_hash.h"

namespace daftar::query {
namespace {

using journal::KeyedHash;

constexpr size_t kTagBytes = 8;  // of the database, to say that it is another
constexpr size_t kHashBytes = 16;
constexpr size_t kBodyOffset = 1 + kTagBytes + kHashBytes;
// Longer text is not looked at: a sort key with the longest texts fits.
constexpr size_t kTextBytesMax = size_t{64} << 20;

constexpr std::string_view kKeyContext = "daftar continuation key 1";
constexpr std::string_view kTagContext = "daftar continuation tag 1";

std::string_view BytesOf(const txn::DatabaseId& database) {
  return {reinterpret_cast<const char*>(database.data()), database.size()};
}

// Of everything but the hash itself.
std::string HashOf(const txn::DatabaseId& database, std::string_view head, std::string_view body) {
  const std::string key = KeyedHash(BytesOf(database), kKeyContext, 32);
  return KeyedHash(key, std::string(head).append(body), kHashBytes);
}

std::string TagOf(const txn::DatabaseId& database) {
  return KeyedHash(BytesOf(database), kTagContext, 16).substr(0, kTagBytes);
}

}  // namespace

std::string Digest(std::string_view bytes) { return KeyedHash({}, bytes, 16); }

std::string Seal(const txn::DatabaseId& database, uint8_t version, std::string_view body) {
  std::string sealed(1, static_cast<char>(version));
  sealed += TagOf(database);
  sealed += HashOf(database, sealed, body);
  sealed += body;
  return absl::WebSafeBase64Escape(sealed);
}

absl::StatusOr<std::string> Unseal(const txn::DatabaseId& database, uint8_t version,
                                   std::string_view text) {
  std::string sealed;
  // One text for one meaning: what decodes but would be written otherwise is damaged, too.
  if (text.size() > kTextBytesMax || !absl::WebSafeBase64Unescape(text, &sealed) ||
      absl::WebSafeBase64Escape(sealed) != text || sealed.size() < kBodyOffset) {
    return InvalidArgument("continuation is damaged or cut short; give the text as it was printed")
        .With("length", text.size());
  }
  const std::string_view head = std::string_view(sealed).substr(0, 1 + kTagBytes);
  const std::string_view hash = std::string_view(sealed).substr(head.size(), kHashBytes);
  const std::string_view body = std::string_view(sealed).substr(kBodyOffset);
  if (static_cast<uint8_t>(head[0]) != version) {
    return InvalidArgument("continuation is damaged or of another version of Daftar; begin anew")
        .With("version", static_cast<uint8_t>(head[0]));
  }
  if (head.substr(1) != TagOf(database)) {
    return InvalidArgument("continuation is damaged or of another database");
  }
  const std::string expected = HashOf(database, head, body);
  if (!journal::SameHash(expected, hash)) {
    return InvalidArgument("continuation is damaged or was not made by this database");
  }
  return std::string(body);
}

}  // namespace daftar::query
