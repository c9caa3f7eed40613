// Embeds Daftar: makes a registry, writes permits in one batch, reads them back and asks a
// question.
#include <daftar/database.h>

#include <iostream>

namespace {

absl::Status Run(const std::string& directory) {
  // The registry schema comes with the library; SchemaFile{"own.capnp"} would take another one.
  auto database = daftar::Database::Create(directory, daftar::SchemaFile{});
  if (!database.ok()) return database.status();

  // A batch is written in whole or not at all.
  daftar::Batch batch = (*database)->NewBatch();
  const char* permits[] = {
      R"({"no":"CFZ-ACT-1403-0017","kind":"activity","zone":"CFZ","firm":"CFZ-1001",
          "state":"active","validFrom":"2024-03-20","validTo":"2025-03-20"})",
      R"({"no":"CFZ-ACT-1403-0018","kind":"activity","zone":"CFZ","firm":"CFZ-1002",
          "state":"suspended","validFrom":"2024-03-20","validTo":"2026-03-20"})",
      R"({"no":"CFZ-OPL-1403-0003","kind":"operation","zone":"CFZ","firm":"CFZ-1001",
          "state":"active","validFrom":"2024-06-01","validTo":"2024-12-31"})"};
  for (const char* permit : permits) {
    if (auto status = batch.Put("permit", permit, daftar::WriteIntent::kInsert); !status.ok()) {
      return status;
    }
  }
  if (auto version = (*database)->Commit(std::move(batch)); !version.ok()) return version.status();

  // A wrong value is refused with its field, and nothing is written.
  const auto refused = (*database)->Put("permit", R"({"no":"X","validTo":"2025-02-30"})");
  std::cout << "refused: " << refused.message() << "\n";

  // Which active permits end before April 2025? The planner takes an index.
  auto cursor = (*database)->Run(daftar::Query("permit")
                                     .Where("zone", daftar::Operator::kEqual, "CFZ")
                                     .Where("state", daftar::Operator::kEqual, "active")
                                     .Where("validTo < 2025-04-01")
                                     .OrderBy("validTo")
                                     .Select({"no", "firm", "validTo"}));
  if (!cursor.ok()) return cursor.status();
  std::cout << cursor->Explain();
  while (true) {
    const auto more = cursor->Next();
    if (!more.ok()) return more.status();
    if (!*more) break;
    for (const daftar::Value& value : cursor->values()) std::cout << value.ToString() << "  ";
    std::cout << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status = Run(argc > 1 ? argv[1] : "embed.db");
  if (!status.ok()) std::cerr << "embed: " << status.message() << "\n";
  return status.ok() ? 0 : 1;
}
