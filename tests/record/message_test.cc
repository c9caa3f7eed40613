#include "record/message.h"

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "record/json_codec.h"
#include "record/kj_fence.h"
#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using record::Message;

// Four pointers and no data, so that messages can be laid out by hand.
const Sample& PointerSample() {
  static const Sample sample(R"(
    struct Node {
      text @0 :Text;
      children @1 :List(Node);
      next @2 :Node;
      json @3 :Text $Daftar.json;
    })");
  return sample;
}

constexpr uint64_t kNode = uint64_t{4} << 48;  // a struct pointer's size: no data, four pointers

uint64_t StructPointer(int32_t offset, uint64_t size = kNode) {
  return static_cast<uint32_t>(offset) << 2 | size;
}
uint64_t ListPointer(int32_t offset, uint64_t element_size, uint64_t count) {
  return (static_cast<uint32_t>(offset) << 2 | 1U) | element_size << 32 | count << 35;
}
constexpr uint64_t kBit = 1;
constexpr uint64_t kByte = 2;
constexpr uint64_t kComposite = 7;

// What FromReader says of a message of one segment, read as a careful program reads bytes from
// outside.
absl::StatusOr<Message> Accept(const Sample& sample, std::string_view name,
                               const std::vector<uint64_t>& words) {
  auto aligned = kj::heapArray<capnp::word>(words.size());
  std::copy(words.begin(), words.end(), reinterpret_cast<uint64_t*>(aligned.begin()));
  kj::ArrayPtr<const capnp::word> segment = aligned;
  capnp::SegmentArrayMessageReader reader(kj::arrayPtr(&segment, 1));
  return record::Fenced(absl::StatusCode::kInvalidArgument, "message has no root", [&] {
    return Message::FromReader(sample.Struct(name), reader.getRoot<capnp::AnyStruct>());
  });
}

TEST_CASE("message: refuses messages made to harm", "[record][unit]") {
  const auto [name, words, cause] = GENERATE(table<const char*, std::vector<uint64_t>, const char*>(
      {{"text out of bounds",
        {StructPointer(0), ListPointer(1000, kByte, 4), 0, 0, 0},
        "out-of-bounds"},
       {"text too long",
        {StructPointer(0), ListPointer(3, kByte, 4000), 0, 0, 0, 0x0041},
        "out-of-bounds"},
       {"text before the message",
        {StructPointer(0), ListPointer(-100, kByte, 4), 0, 0, 0},
        "out-of-bounds"},
       {"text without a NUL",
        {StructPointer(0), ListPointer(3, kByte, 2), 0, 0, 0, 0x4141},
        "expected cptr"},
       {"text pointer to a list of structs",
        {StructPointer(0), ListPointer(3, kComposite, 4), 0, 0, 0, StructPointer(1), 0, 0, 0, 0},
        "list pointer of non-bytes where text was expected"},
       {"text pointer to a struct",
        {StructPointer(0), StructPointer(3), 0, 0, 0, 0, 0, 0, 0},
        "non-list pointer where text was expected"},
       {"list pointer to a struct",
        {StructPointer(0), 0, StructPointer(2), 0, 0, 0, 0, 0, 0},
        "non-list pointer where list pointer was expected"},
       {"list of bits for structs",
        {StructPointer(0), 0, ListPointer(2, kBit, 8), 0, 0, 0},
        "Found bit list"},
       {"list longer than its words",
        {StructPointer(0), 0, ListPointer(2, kComposite, 1), 0, 0, 5 << 2 | kNode, 0},
        "elements overran size"},
       {"struct that contains itself",
        {StructPointer(0), 0, 0, StructPointer(-3), 0},
        "too deeply-nested"},
       {"capability", {StructPointer(0), 3, 0, 0, 0}, ""},
       {"far pointer to nowhere", {StructPointer(0), 2 | uint64_t{9} << 32, 0, 0, 0}, ""},
       {"root out of bounds", {StructPointer(0)}, "out-of-bounds"},
       {"many elements of no size",
        {StructPointer(0), 0, ListPointer(2, kComposite, 0), 0, 0, 0x1FFFFFFF << 2},
        ""},
       {"not UTF-8",
        {StructPointer(0), ListPointer(3, kByte, 2), 0, 0, 0, 0x00ff},
        "text is not UTF-8; byte=0; field=text"},
       {"not UTF-8 in a child",
        {StructPointer(0), 0, 0, StructPointer(1), 0, ListPointer(3, kByte, 3), 0, 0, 0, 0xff41},
        "text is not UTF-8; byte=1; field=text; field=next"},
       {"not JSON",
        {StructPointer(0), 0, 0, 0, ListPointer(0, kByte, 2), 0x007b},
        "JSON does not parse"}}));
  CAPTURE(name);
  CHECK_THAT(Accept(PointerSample(), "Node", words),
             StatusIs(absl::StatusCode::kInvalidArgument, cause));
}

TEST_CASE("message: overlapping pointers cannot multiply without end", "[record][unit]") {
  // Each level is a list of many pointers to the next one: 200^6 visits in 10 KB.
  constexpr int kLevels = 6;
  constexpr int kWidth = 200;
  std::vector<uint64_t> words = {StructPointer(0), 0, 0, 0, 0};
  words[2] = ListPointer(2, kComposite, kWidth * 4);
  for (int level = 0; level < kLevels; ++level) {
    words.push_back(kWidth << 2 | kNode);
    const size_t elements = words.size();
    const size_t next_level = elements + kWidth * 4;
    for (int i = 0; i < kWidth; ++i) {
      const auto offset =
          static_cast<int32_t>(next_level - (elements + static_cast<size_t>(i) * 4 + 2));
      words.insert(
          words.end(),
          {0, level + 1 == kLevels ? 0 : ListPointer(offset, kComposite, kWidth * 4), 0, 0});
    }
  }
  CHECK_THAT(Accept(PointerSample(), "Node", words),
             StatusIs(absl::StatusCode::kInvalidArgument, "traversal limit"));
}

TEST_CASE("message: elements of no size are accepted while they cost little to read again",
          "[record][unit]") {
  const auto with_empty_children = [](uint64_t count) {
    return std::vector<uint64_t>{StructPointer(0), 0, ListPointer(2, kComposite, 0), 0, 0,
                                 count << 2};
  };
  REQUIRE_OK_AND_ASSIGN(const Message message,
                        Accept(PointerSample(), "Node", with_empty_children(60'000)));
  for (int i = 0; i < 20; ++i) {
    std::string json;
    REQUIRE_OK(record::AppendMessageJson(message, &json));
  }
  CHECK_THAT(Accept(PointerSample(), "Node", with_empty_children(70'000)),
             StatusIs(absl::StatusCode::kInvalidArgument, "traversal limit"));
}

// A chain of `levels` structs.
void BuildChain(int levels, capnp::MallocMessageBuilder* builder) {
  auto node = builder->initRoot<capnp::DynamicStruct>(PointerSample().Struct("Node"));
  for (int i = 1; i < levels; ++i) node = node.init("next").as<capnp::DynamicStruct>();
  node.set("text", "end");
}

TEST_CASE("message: accepts 64 levels and refuses 65", "[record][unit]") {
  capnp::MallocMessageBuilder fits, too_deep;
  BuildChain(record::kNestingMax, &fits);
  BuildChain(record::kNestingMax + 1, &too_deep);
  const capnp::StructSchema schema = PointerSample().Struct("Node");
  REQUIRE_OK_AND_ASSIGN(const Message message,
                        Message::FromReader(schema, fits.getRoot<capnp::AnyStruct>().asReader()));
  CHECK(ToJson(message).find("end") != std::string::npos);
  CHECK_THAT(Message::FromReader(schema, too_deep.getRoot<capnp::AnyStruct>().asReader()),
             StatusIs(absl::StatusCode::kInvalidArgument, "too deeply-nested"));
}

TEST_CASE("message: a record above 16 MiB is ResourceExhausted", "[record][unit]") {
  capnp::MallocMessageBuilder builder;
  auto root = builder.initRoot<capnp::DynamicStruct>(PointerSample().Struct("Node"));
  root.set("text", std::string(record::kMessageBytesMax, 'a').c_str());
  CHECK_THAT(Message::FromBuilder(PointerSample().Struct("Node"), builder),
             StatusIs(absl::StatusCode::kResourceExhausted, "record is too large; bytes="));
}

TEST_CASE("message: equal values have equal bytes, however they were built", "[record][unit]") {
  const capnp::StructSchema schema = PointerSample().Struct("Node");
  const Message expected = PointerSample().Make("Node", R"({"text": "a", "next": {"text": "b"}})");
  capnp::word scratch[4] = {};
  // Four words only: the rest goes to further segments, behind far pointers.
  capnp::MallocMessageBuilder builder(kj::arrayPtr(scratch, 4),
                                      capnp::AllocationStrategy::FIXED_SIZE);
  auto root = builder.initRoot<capnp::DynamicStruct>(schema);
  root.init("next").as<capnp::DynamicStruct>().set("text", "b");
  root.set("text", "a much longer text that leaves a hole when it is replaced");
  root.set("text", "a");
  root.init("children", 3);
  root.clear("children");
  REQUIRE_OK_AND_ASSIGN(const Message built, Message::FromBuilder(schema, builder));
  REQUIRE_OK_AND_ASSIGN(
      const Message read,
      Message::FromReader(schema, builder.getRoot<capnp::AnyStruct>().asReader()));
  CHECK(built.bytes() == expected.bytes());
  CHECK(read.bytes() == expected.bytes());
}

TEST_CASE("message: explicit defaults are the same as unset ones", "[record][unit]") {
  const Sample& sample = WellSample();
  CHECK(sample.Make("Well", R"({"licence": 0, "owner": {"share": 100}, "flag": false})").bytes() ==
        sample.Make("Well", "{}").bytes());
  CHECK(sample.Make("Well", R"({"district": ""})").bytes() != sample.Make("Well", "{}").bytes());
}

TEST_CASE("message: an accepted record never fails later, whatever the bytes",
          "[record][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const Message original = WellSample().Make("Well", R"({
    "district": "Pars", "place": {"town": "A", "box": 3}, "hs": ["1", "2"], "depth": 1.5,
    "tests": [{"code": "a", "results": [{"value": 1, "unit": "m"}]}, {"tags": ["x", "y"]}],
    "law": {"order": {"town": "T"}}, "matrix": [[1, 2], [3]], "form": {"a": [1]}})");
  std::vector<uint64_t> words(original.bytes().size() / 8);
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    CAPTURE(round);
    std::memcpy(words.data(), original.bytes().data(), original.bytes().size());
    for (int changes = 1 + static_cast<int>(random() % 3); changes > 0; --changes) {
      uint64_t& word = words[random() % words.size()];
      word = random() % 4 == 0 ? words[random() % words.size()]
                               : word ^ uint64_t { 1 } << (random() % 64);
    }
    const auto message = Accept(WellSample(), "Well", words);
    if (!message.ok()) {
      const bool refused =
          absl::IsInvalidArgument(message.status()) || absl::IsResourceExhausted(message.status());
      if (!refused) FAIL(message.status().ToString());
      continue;
    }
    ++accepted;
    std::string json;
    const absl::Status written = record::AppendMessageJson(*message, &json);
    if (!written.ok()) FAIL(written.ToString());
    const auto again = Message::FromReader(message->schema(), message->any());
    if (!again.ok() || again->bytes() != message->bytes()) FAIL("the canonical form changes");
  }
  CHECK(accepted > 1000);
}

TEST_CASE("message: FromStored refuses what is not a message", "[record][unit]") {
  const capnp::StructSchema schema = PointerSample().Struct("Node");
  CHECK_THAT(Message::FromStored(schema, ""),
             StatusIs(absl::StatusCode::kDataLoss, "record is not whole words; bytes=0"));
  CHECK_THAT(Message::FromStored(schema, "123456789012"),
             StatusIs(absl::StatusCode::kDataLoss, "record is not whole words; bytes=12"));
  CHECK_THAT(Message::FromStored(schema, std::string_view("\0\0\0\0\0\0\4\0", 8)),
             StatusIs(absl::StatusCode::kDataLoss, "record does not decode; cause="));
}

TEST_CASE("message: reads from unaligned bytes, and readers survive a move", "[record][unit]") {
  const Message original = WellSample().Make("Well", R"({"district": "Pars"})");
  const std::string shifted = "x" + std::string(original.bytes());
  REQUIRE_OK_AND_ASSIGN(
      Message message, Message::FromStored(original.schema(), std::string_view(shifted).substr(1)));
  const auto root = message.root();
  const Message moved = std::move(message);
  CHECK(root.get("district").as<capnp::Text>() == "Pars");
  REQUIRE_OK_AND_ASSIGN(const Scalar value, moved.Get(WellSample().Path("Well", "district")));
  CHECK(std::get<std::string_view>(value) == "Pars");
}

}  // namespace
}  // namespace daftar::testing
