// What the commands that damage copies of a closed database have in common.
#pragma once

#include <filesystem>

#include "absl/status/status.h"
#include "torture/board.h"
#include "torture/choices.h"
#include "torture/commands.h"
#include "torture/prepared_ledger.h"
#include "torture/run.h"

namespace daftar::torture {

// The counts of a board of such a command, whose first one is of its items: "flips", "cases".
Board DamageBoard(const char* items, const Common& common);

// Each item damages a fresh copy of one database in another way and sees what becomes of it. Plants
// the fault "wrong-model" itself.
class DamagedCopies : public Items {
 public:
  DamagedCopies(const Common& common, Board* board) : common_(common), board_(board) {}

  absl::Status Prepare(const std::filesystem::path& folder) final;
  void Run(uint64_t item, const std::filesystem::path& folder) final;

 protected:
  const PreparedLedger& ledger() const { return ledger_; }

 private:
  // Finds out what there is to damage, once the database is there.
  virtual absl::Status Choose() = 0;
  // Damages the copy.
  virtual void Apply(uint64_t item, const std::filesystem::path& directory) const = 0;
  // What the checks of an item choose by.
  virtual Choices ChoicesOf(uint64_t item) const = 0;

  void MakeCopy(uint64_t item, const std::filesystem::path& directory) const;

  const Common& common_;
  Board* const board_;
  PreparedLedger ledger_;
};

}  // namespace daftar::torture
