#include "txn/format_one.h"

#include <string>

#include "absl/crc/crc32c.h"
#include "codec/fixed.h"
#include "codec/keyspace.h"
#include "support/status_matchers.h"
#include "txn/header.h"

namespace daftar::testing {

Model ToFormatOne(Model contents) {
  REQUIRE_OK_AND_ASSIGN(const txn::Header header, txn::DecodeHeader(contents.at(txn::HeaderKey())));
  std::erase_if(contents, [](const auto& item) {
    return item.first.front() >= static_cast<char>(codec::Space::kHistory);
  });
  std::string value("daftar\r\n", 8);
  codec::AppendFixed(uint32_t{1}, &value);
  codec::AppendFixed(header.schema.value(), &value);
  codec::AppendFixed(header.last_commit.value(), &value);
  codec::AppendFixed(static_cast<uint32_t>(absl::ComputeCrc32c(value)), &value);
  contents[txn::HeaderKey()] = value;
  return contents;
}

std::unique_ptr<storage::Store> StoreOf(const Model& contents) {
  auto store = storage::NewMemoryStore();
  storage::Batch batch;
  for (const auto& [key, value] : contents) batch.Put(key, value);
  REQUIRE_OK(store->Write(batch, storage::Durability::kBuffered));
  return store;
}

}  // namespace daftar::testing
