// Transactions and history: a permit moves between two firms, is read as it was before, and the
// journal tells who moved it and why.
#include <daftar/database.h>

#include <iostream>

namespace {

using daftar::Transaction;

// Gives the permit to another firm, but only one that is active: the transaction reads the firm, so
// that it cannot be struck off in between.
absl::Status MovePermit(Transaction& transaction, const std::string& no, const std::string& firm) {
  const auto holder = transaction.Get("firm", {firm});
  if (!holder.ok()) return holder.status();
  const auto status = holder->Get("status");
  if (!status.ok()) return status.status();
  if (status->ToString() != "active") {
    return absl::FailedPreconditionError("the firm is not active: " + firm);
  }
  return transaction.Put("permit", R"({"no":")" + no + R"(","firm":")" + firm + "\"}");
}

absl::Status Run(const std::string& directory) {
  auto database = daftar::Database::Create(directory, daftar::SchemaFile{});
  if (!database.ok()) return database.status();
  daftar::Batch batch = (*database)->NewBatch();
  for (const auto& [table, json] : {
           std::pair{"firm", R"({"registryNo":"CFZ-1001","status":"active"})"},
           std::pair{"firm", R"({"registryNo":"CFZ-1002","status":"struckOff"})"},
           std::pair{"firm", R"({"registryNo":"CFZ-1003","status":"active"})"},
           std::pair{"permit", R"({"no":"P-17","firm":"CFZ-1001"})"},
       }) {
    if (auto status = batch.Put(table, json); !status.ok()) return status;
  }
  if (auto version = (*database)->Commit(std::move(batch)); !version.ok()) return version.status();

  for (const char* firm : {"CFZ-1002", "CFZ-1003"}) {
    daftar::TransactOptions options;
    options.commit.actor = "registrar";
    options.commit.reason = "merger";
    options.commit.decision = "CFZ-BOARD/31/4";
    const auto moved = (*database)->Transact(
        [&](Transaction& transaction) { return MovePermit(transaction, "P-17", firm); }, options);
    if (moved.ok()) {
      std::cout << "moved to " << firm << " by commit " << moved->value() << "\n";
    } else {
      std::cout << "not moved: " << moved.status().message() << "\n";
    }
  }

  const auto before = (*database)->View(daftar::AsOf::Commit(daftar::CommitVersion(1)));
  if (!before.ok()) return before.status();
  const auto then = (*database)->Get(*before, "permit", {"P-17"});
  if (!then.ok()) return then.status();
  std::cout << "as of commit 1: " << then->GetJson("firm").value() << "\n";

  const auto history = (*database)->History("permit", {"P-17"});
  if (!history.ok()) return history.status();
  for (const daftar::RecordVersion& version : *history) {
    std::cout << "commit " << version.commit.version.value() << " by '" << version.commit.actor
              << "', " << version.commit.decision << "\n";
    for (const daftar::FieldChange& change : version.changes) {
      std::cout << "  " << change.path << ": " << change.before << " -> " << change.after << "\n";
    }
  }
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status = Run(argc > 1 ? argv[1] : "transact.db");
  if (!status.ok()) std::cerr << "transact: " << status.message() << "\n";
  return status.ok() ? 0 : 1;
}
