#include "record/message.h"

#include <capnp/message.h>

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/status.h"
#include "base/utf8.h"
#include "record/json_parser.h"
#include "record/kj_fence.h"
#include "record/words.h"

namespace daftar::record {
namespace {

// Every read of a pointer counts against a limit of words for the life of a reader. It bounds what
// overlapping pointers and elements of no size cost in bytes that are not ours.
struct Traversal {
  uint64_t words_min;
  uint64_t factor;  // of the message's size
};
// A canonical message has no overlaps: one walk reads each word once, and some elements of no size.
constexpr Traversal kOneWalk = {uint64_t{1} << 16, 2};
// A thousand walks, by indexes, conditions and users, of whatever passed the one.
constexpr Traversal kManyWalks = {uint64_t{1} << 26, 1024};

capnp::ReaderOptions LimitsFor(size_t words, Traversal traversal) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = traversal.words_min + words * traversal.factor;
  options.nestingLimit = kNestingMax;
  return options;
}

// One segment held elsewhere.
class SegmentReader final : public capnp::MessageReader {
 public:
  SegmentReader(kj::ArrayPtr<const capnp::word> segment, Traversal traversal)
      : MessageReader(LimitsFor(segment.size(), traversal)), segment_(segment) {}
  kj::ArrayPtr<const capnp::word> getSegment(uint id) override {
    return id == 0 ? segment_ : kj::ArrayPtr<const capnp::word>();
  }

 private:
  kj::ArrayPtr<const capnp::word> segment_;
};

absl::Status CheckText(std::string_view text, FieldMeaning meaning) {
  if (auto bad = ValidateUtf8(text); bad.has_value()) {
    return InvalidArgument("text is not UTF-8").With("byte", *bad);
  }
  if (meaning.meaning != Meaning::kJson) return absl::OkStatus();
  return ParseJson(text).status();
}

absl::Status WalkValue(const capnp::DynamicValue::Reader& value, capnp::Type type,
                       FieldMeaning meaning) {
  if (type.isText()) {
    auto text = value.as<capnp::Text>();
    return CheckText({text.begin(), text.size()}, meaning);
  }
  if (type.isStruct()) return WalkAll(value.as<capnp::DynamicStruct>());
  if (type.isList()) {
    for (auto element : value.as<capnp::DynamicList>()) {
      DAFTAR_RETURN_IF_ERROR(WalkValue(element, type.asList().getElementType(), meaning));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WalkAll(const capnp::DynamicStruct::Reader& record) {
  for (auto field : record.getSchema().getFields()) {
    if (!record.has(field)) continue;
    absl::Status status =
        WalkValue(record.get(field), field.getType(), MeaningOf(field.getProto()));
    if (!status.ok()) {
      return WithContext(status, "field", field.getProto().getName().cStr());
    }
  }
  return absl::OkStatus();
}

Message::Message(capnp::StructSchema schema, kj::Array<capnp::word> words)
    : words_(kj::mv(words)),
      reader_(std::make_unique<SegmentReader>(words_, kManyWalks)),
      root_(reader_->getRoot<capnp::DynamicStruct>(schema)) {}

absl::StatusOr<Message> Message::FromWords(capnp::StructSchema schema,
                                           kj::Array<capnp::word> words) {
  if (words.size() * sizeof(capnp::word) > kMessageBytesMax) {
    return ResourceExhausted("record is too large")
        .With("bytes", words.size() * sizeof(capnp::word))
        .With("limit", kMessageBytesMax);
  }
  return Message(schema, kj::mv(words));
}

absl::StatusOr<Message> Message::FromStored(capnp::StructSchema schema, std::string_view bytes) {
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0) {
    return DataLoss("record is not whole words").With("bytes", bytes.size());
  }
  return Fenced(absl::StatusCode::kDataLoss, "record does not decode",
                [&] { return FromWords(schema, CopyToWords(bytes)); });
}

absl::StatusOr<Message> Message::FromReader(capnp::StructSchema schema,
                                            capnp::AnyStruct::Reader reader) {
  return Fenced(absl::StatusCode::kInvalidArgument, "record is not a valid message",
                [&]() -> absl::StatusOr<Message> {
                  DAFTAR_ASSIGN_OR_RETURN(Message message,
                                          FromWords(schema, reader.canonicalize()));
                  SegmentReader once(message.words_, kOneWalk);
                  DAFTAR_RETURN_IF_ERROR(WalkAll(once.getRoot<capnp::DynamicStruct>(schema)));
                  return message;
                });
}

absl::StatusOr<Message> Message::FromBuilder(capnp::StructSchema schema,
                                             capnp::MessageBuilder& builder) {
  return Fenced(absl::StatusCode::kInternal, "record does not encode", [&] {
    return FromWords(schema, builder.getRoot<capnp::AnyStruct>().asReader().canonicalize());
  });
}

capnp::AnyStruct::Reader Message::any() const { return reader_->getRoot<capnp::AnyStruct>(); }

std::string_view Message::bytes() const { return BytesOf(words_); }

absl::StatusOr<Scalar> Message::Get(const FieldPath& path) const {
  if (const auto value = path.Read(bytes()); value.has_value()) return *value;
  return Fenced(absl::StatusCode::kDataLoss, "record does not decode",
                [&]() -> absl::StatusOr<Scalar> { return path.Evaluate(root_, {}); });
}

absl::StatusOr<Message> Message::WithEnumerant(const FieldPath& path, uint16_t ordinal) const {
  return Fenced(absl::StatusCode::kDataLoss, "record does not decode",
                [&]() -> absl::StatusOr<Message> {
                  capnp::MallocMessageBuilder builder;
                  builder.setRoot(root_);
                  auto place = builder.getRoot<capnp::DynamicStruct>(schema());
                  const std::vector<std::string> names = absl::StrSplit(path.text(), '.');
                  for (size_t i = 0; i + 1 < names.size(); ++i) {
                    place = place.get(names[i]).as<capnp::DynamicStruct>();
                  }
                  place.set(names.back(), capnp::DynamicEnum(path.type().type().asEnum(), ordinal));
                  return FromBuilder(schema(), builder);
                });
}

}  // namespace daftar::record
