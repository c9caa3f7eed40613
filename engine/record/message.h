// Records in memory: an aligned, canonical Cap'n Proto message and its schema.
#pragma once

#include <capnp/any.h>
#include <capnp/dynamic.h>
#include <capnp/serialize.h>
#include <kj/array.h>

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "record/envelope.h"
#include "record/field_path.h"

namespace daftar::record {

// The most levels of structs and lists inside one another.
inline constexpr int kNestingMax = 64;

// One record's canonical message in aligned memory. Movable; readers stay valid when it moves.
// Thread safety: may be read from many threads.
class Message {
 public:
  // Copies `bytes`, which were stored by us and whose checksum passed.
  // Errors: DataLoss when they are no message of whole words.
  static absl::StatusOr<Message> FromStored(capnp::StructSchema schema, std::string_view bytes);
  // Takes a struct from outside the engine: puts it in canonical form and walks all of it against
  // `schema`, so that later reads cannot fail. Errors: InvalidArgument when a pointer is out of
  // bounds, of the wrong kind or nested deeper than kNestingMax, a list has very many elements of
  // no size, text is not UTF-8, or text of a $json field is not JSON; ResourceExhausted above
  // kMessageBytesMax.
  static absl::StatusOr<Message> FromReader(capnp::StructSchema schema,
                                            capnp::AnyStruct::Reader reader);
  // Canonical form of what a builder holds. Requires: what FromReader checks. Errors:
  // ResourceExhausted above kMessageBytesMax.
  static absl::StatusOr<Message> FromBuilder(capnp::StructSchema schema,
                                             capnp::MessageBuilder& builder);

  // The same record with another enumerant at `path`. Requires: the path leads to an enumeration,
  // through no list and no union. Errors: ResourceExhausted; DataLoss.
  absl::StatusOr<Message> WithEnumerant(const FieldPath& path, uint16_t ordinal) const;

  // Lifetime: as long as the message. Getters may throw kj::Exception on damaged bytes.
  capnp::DynamicStruct::Reader root() const { return root_; }
  capnp::AnyStruct::Reader any() const;
  capnp::StructSchema schema() const { return root_.getSchema(); }
  // Lifetime: as long as the message.
  std::string_view bytes() const;

  // A scalar of the record. Requires: the path does not fan out. Errors: DataLoss.
  absl::StatusOr<Scalar> Get(const FieldPath& path) const;

 private:
  Message(capnp::StructSchema schema, kj::Array<capnp::word> words);
  static absl::StatusOr<Message> FromWords(capnp::StructSchema schema,
                                           kj::Array<capnp::word> words);

  kj::Array<capnp::word> words_;
  std::unique_ptr<capnp::MessageReader> reader_;
  capnp::DynamicStruct::Reader root_;
};

// Walks everything a schema can reach in `record`. Throws kj::Exception on bad structure.
// Errors: InvalidArgument when text is not UTF-8, or text of a $json field is not JSON.
absl::Status WalkAll(const capnp::DynamicStruct::Reader& record);

}  // namespace daftar::record
