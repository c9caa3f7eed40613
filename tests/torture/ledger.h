// The database that is tortured: two tables with indexes of every kind.
#pragma once

#include <cstdint>
#include <string>

#include "catalog/catalog.h"
#include "codec/key.h"
#include "daftar/options.h"
#include "record/message.h"
#include "txn/header.h"

namespace daftar::torture {

// firm(code): seal unique and covering, tags unique over a list, size descending where it is not 0.
// permit(zone, serial desc): holder covering, kinds over a list.
enum class LedgerTable : uint8_t { kFirm = 0, kPermit = 1 };

// A record in few bytes, of which all of its fields follow. Trivially copyable, so that it can lie
// in shared memory.
struct Row {
  LedgerTable table = LedgerTable::kFirm;
  // Rows of different partitions share no key and no unique value: threads do not meet.
  uint8_t partition = 0;
  uint16_t number = 0;  // with the partition, the key
  int16_t seal = -1;    // of a firm, unique; of a permit, its holder; -1: not set
  uint16_t size = 0;
  uint32_t note_bytes = 0;
  uint64_t tags = 0;  // a bit for each
  uint64_t note_seed = 0;
  friend bool operator==(const Row&, const Row&) = default;
};

catalog::Catalog LedgerCatalog();
inline constexpr txn::DatabaseId kLedgerId = {0xda, 0xf7, 0xa2, 7};

const catalog::TableDef& TableOf(const catalog::Catalog& catalog, const Row& row);
codec::EncodedKey KeyOf(const catalog::Catalog& catalog, const Row& row);
record::Message MessageOf(const catalog::Catalog& catalog, const Row& row);

}  // namespace daftar::torture
