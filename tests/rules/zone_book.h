// A small book of a zone with rules of every kind.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "daftar/database.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace daftar::testing {

// The schema: firms, leases of plots, shareholdings, permits with a lifecycle, officers, decisions.
std::string ZoneSchema();
// The same without its rules; the tables and indexes are those of ZoneSchema.
std::string ZoneSchemaWithoutRules();

// A database with that schema in `directory`/db, with firms F1 to F3, officers and a decision.
std::unique_ptr<Database> NewZoneBook(const TempDir& directory);
// The same with records that `schema` allows; its file is `directory`/schema.capnp.
std::unique_ptr<Database> NewZoneBook(const TempDir& directory, const std::string& schema);

// Who acts, on which decision.
CommitOptions By(std::string actor, std::string decision = "");

// A permit as JSON: its number, state and other members.
std::string PermitJson(std::string_view no, std::string_view state, std::string_view more = "");

}  // namespace daftar::testing
