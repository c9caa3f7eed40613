// store_from_hex FILE DIRECTORY: makes a store of the keys and values that FILE lists in
// hexadecimal, one pair a line, as tests/format has them.

#include <cstdio>
#include <fstream>
#include <string>

#include "codec/hex.h"
#include "storage/open.h"

int main(int argc, char** argv) {
  using namespace daftar;
  if (argc != 3) {
    std::fprintf(stderr, "usage: store_from_hex FILE DIRECTORY\n");
    return 2;
  }
  std::ifstream file(argv[1]);
  storage::Batch batch;
  std::string key;
  std::string value;
  while (file >> key >> value) batch.Put(testing::Unhex(key), testing::Unhex(value));
  auto store = storage::OpenRocksStore(argv[2], {.create_if_missing = true});
  const absl::Status status =
      store.ok() ? (*store)->Write(batch, storage::Durability::kSynced) : store.status();
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
