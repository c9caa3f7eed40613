#include "rules/zone_book.h"

#include "absl/strings/str_cat.h"

namespace daftar::testing {
namespace {

// Lines that begin with "%" are rules.
constexpr std::string_view kSchema = R"(@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Firm $Daftar.table(name = "firm", key = ["no"])
    $Daftar.index(name = "byParent", on = ["parent"])
    $Daftar.index(name = "byNumber", on = ["number"], unique = true, where = "number is not null"
%       , forever = true
    )
%   $Daftar.reference(name = "parentFirm", on = ["parent"], table = "firm")
%   $Daftar.identifier(name = "numbers", value = "ids.value", schemeIn = "ids.scheme",
%                      reported = ["isin"])
%   $Daftar.sumsTo(name = "hosts", sum = "hosts.ppm", total = 1000000)
    {
  no @0 :Text;
  parent @1 :Text;
  number @2 :Text;
  hosts @3 :List(Host);
  ids @4 :List(Id);
}
struct Id { scheme @0 :Text; value @1 :Text; }
struct Host { country @0 :Text; ppm @1 :Int32; }
struct Lease $Daftar.table(name = "lease", key = ["no"])
    $Daftar.index(name = "ofPlot", on = ["plot", "from desc"], covering = ["to"])
    $Daftar.index(name = "ofFirm", on = ["firm"])
%   $Daftar.reference(name = "firm", on = ["firm"], table = "firm")
%   $Daftar.exclusive(name = "onePerPlot", by = ["plot"], from = "from", to = "to")
%   $Daftar.check(name = "rentIsPositive", expression = "rent > 0")
%   $Daftar.check(name = "endsLater", expression = "\"from\" < \"to\"", policy = report)
    {
  no @0 :Text;
  plot @1 :Text;
  firm @2 :Text;
  from :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  to :union { none @5 :Void; day @6 :Int32 $Daftar.date; }
  rent @7 :Int64 = 1;
}
struct Share $Daftar.table(name = "share", key = ["firm", "holder"])
    $Daftar.index(name = "ofFirm", on = ["firm"], covering = ["ppm", "from", "to"])
    $Daftar.index(name = "byHolder", on = ["holder"])
%   $Daftar.reference(name = "sharedFirm", on = ["firm"], table = "firm", onDelete = keep)
%   $Daftar.sumsTo(name = "whole", sum = "ppm", by = ["firm"], total = 1000000, from = "from",
%                  to = "to")
    {
  firm @0 :Text;
  holder @1 :Text;
  ppm @2 :Int32;
  from :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  to :union { none @5 :Void; day @6 :Int32 $Daftar.date; }
}
struct Payment $Daftar.table(name = "payment", key = ["no"])
    $Daftar.index(name = "ofProject", on = ["project", "currency"], covering = ["kind", "cents"])
%   $Daftar.sumsTo(name = "withinCommitment", sum = "cents", by = ["project", "currency"],
%                  atMost = true, totalWhere = "kind = commitment")
    {
  no @0 :Text;
  project @1 :Text;
  currency @2 :Text;
  kind @3 :Kind;
  cents @4 :Int64;
  enum Kind { paid @0; commitment @1; }
}
struct Permit $Daftar.table(name = "permit", key = ["no"]
%       , permanent = true
    )
    $Daftar.index(name = "ofFirm", on = ["firm"])
%   $Daftar.reference(name = "holder", on = ["firm"], table = "firm")
%   $Daftar.lifecycle(name = "life", field = "state", initial = ["draft"], zone = "zone",
%       on = "since",
%       derived = [(state = "expired", of = ["active"], since = "validTo", days = 0)],
%       acts = [
%         (name = "submit", from = ["draft"], to = "submitted"),
%         (name = "review", from = ["submitted"], to = "underReview", by = ["clerk"],
%          officer = "reviewer"),
%         (name = "approve", from = ["underReview"], to = "approved", by = ["board"],
%          officer = "approver", states = [decision], needs = ["validTo"]),
%         (name = "refuse", from = ["underReview"], to = "refused", by = ["board"],
%          states = [reason]),
%         (name = "issue", from = ["approved"], to = "active"),
%         (name = "suspend", from = ["active"], to = "suspended", by = ["legal", "board"]),
%         (name = "lift", from = ["suspended"], to = "active", by = ["legal"]),
%         (name = "renew", from = ["active", "expired"], to = "active", changes = ["validTo"],
%          by = ["board"], due = "validTo", daysBefore = 90, daysAfter = 30),
%         (name = "lapse", from = ["expired"], to = "lapsed")])
%   $Daftar.check(name = "fourEyes", expression = "reviewer <> approver")
    {
  no @0 :Text;
  firm @1 :Text;
  state @2 :State;
  since :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  validTo :union { none @5 :Void; day @6 :Int32 $Daftar.date; }
  zone @7 :Text;
  reviewer @8 :Text;
  approver @9 :Text;
  note @10 :Text;
  enum State {
    draft @0; submitted @1; underReview @2; approved @3; refused @4; active @5; suspended @6;
    lapsed @7;
  }
}
struct Power $Daftar.table(name = "power", key = ["actor", "role", "no"])
    $Daftar.index(name = "ofActor", on = ["actor"])
%   $Daftar.powers(actor = "actor", role = "role", zone = "zone", from = "from", to = "to")
    {
  actor @0 :Text;
  role @1 :Text;
  no @2 :UInt32;
  zone @3 :Text;
  from :union { none @4 :Void; day @5 :Int32 $Daftar.date; }
  to :union { none @6 :Void; day @7 :Int32 $Daftar.date; }
}
struct Decision $Daftar.table(name = "decision", key = ["body", "no"])
%   $Daftar.decisions(decidedOn = "day")
    {
  body @0 :Text;
  no @1 :Text;
  day :union { none @2 :Void; value @3 :Int32 $Daftar.date; }
}
)";

std::string SchemaOf(bool rules) {
  std::string text;
  std::string_view rest = kSchema;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (line.starts_with('%')) {
      if (!rules) continue;
      line.remove_prefix(1);
    }
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

}  // namespace

std::string ZoneSchema() { return SchemaOf(true); }
std::string ZoneSchemaWithoutRules() { return SchemaOf(false); }

std::unique_ptr<Database> NewZoneBook(const TempDir& directory) {
  return NewZoneBook(directory, ZoneSchema());
}

std::unique_ptr<Database> NewZoneBook(const TempDir& directory, const std::string& schema) {
  WriteFile(directory / "schema.capnp", schema);
  auto created = Database::Create(directory / "db", {directory / "schema.capnp", {}});
  REQUIRE_OK(created);
  std::unique_ptr<Database> database = *std::move(created);
  Batch batch = database->NewBatch();
  for (const char* firm : {"F1", "F2", "F3"}) {
    REQUIRE_OK(batch.Put("firm", absl::StrCat(R"({"no":")", firm, "\"}")));
  }
  for (const char* power :
       {R"({"actor":"carla","role":"clerk","no":1,"zone":"north"})",
        R"({"actor":"bo","role":"board","no":1,"from":"2024-01-01","to":"2025-01-01"})",
        R"({"actor":"bo","role":"board","no":2,"from":"2025-06-01"})",
        R"({"actor":"lena","role":"legal","no":1})", R"({"actor":"both","role":"clerk","no":1})",
        R"({"actor":"both","role":"board","no":1})"}) {
    REQUIRE_OK(batch.Put("power", power));
  }
  REQUIRE_OK(batch.Put("decision", R"({"body":"ZC","no":"7/2","day":"2024-02-01"})"));
  REQUIRE_OK(batch.Put("decision", R"({"body":"ZC","no":"8","day":"2999-01-01"})"));
  REQUIRE_OK(batch.Put("decision", R"({"body":"ZC","no":"9"})"));
  REQUIRE_OK(database->Commit(std::move(batch)));
  return database;
}

CommitOptions By(std::string actor, std::string decision) {
  CommitOptions options;
  options.actor = std::move(actor);
  options.decision = std::move(decision);
  return options;
}

std::string PermitJson(std::string_view no, std::string_view state, std::string_view more) {
  // A zone of its own goes before the usual one.
  const char* const zone = more.find("\"zone\"") == more.npos ? R"("zone":"north",)" : "";
  return absl::StrCat(R"({"no":")", no, R"(","firm":"F1",)", zone, R"("state":")", state, "\"",
                      more.empty() ? "" : ",", more, "}");
}

}  // namespace daftar::testing
