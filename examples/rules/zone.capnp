# The rules of a zone authority over the registry's tables: who may do what, what refers to what, what
# adds up. Another authority writes its own; docs/rules.md explains the kinds of rule.
#
#   daftar audit book.db --rules examples/rules/zone.capnp     what would break them
#   daftar schema apply book.db examples/rules/zone.capnp      they bind every commit from now on
@0xd9a1b6c0f4e27d31;

using Daftar = import "/daftar/daftar.capnp";
using Registry = import "/daftar/registry.capnp";

struct Officer @0xe1f0c7d2a85b4c11
    $Daftar.table(name = "officer", key = ["actor", "role", "sequence"], requires = [decision])
    $Daftar.index(name = "ofActor", on = ["actor", "validFrom desc"])
    $Daftar.index(name = "ofRole", on = ["role", "zone"])
    $Daftar.powers(actor = "actor", role = "role", zone = "zone", from = "validFrom",
                   to = "validTo") {
  # A power to act: of whom, as what, where and when.
  actor @0 :Text;  # As commits state it.
  role @1 :Text;  # "intake", "reviewer", "board", "licensing", "legal".
  sequence @2 :UInt32;
  zone @3 :Text;  # Key of zone; null: everywhere.
  validFrom :union { none @4 :Void; day @5 :Int32 $Daftar.date; }
  validTo :union { none @6 :Void; day @7 :Int32 $Daftar.date; }
}

struct PermitRules @0xb3c85f0e6d917a22 $Daftar.extends
    $Daftar.reference(name = "permitFirm", on = ["firm"], table = "firm")
    $Daftar.reference(name = "permitLease", on = ["lease"], table = "lease")
    $Daftar.check(name = "permitTerm", expression = "validFrom < validTo")
    $Daftar.lifecycle(name = "permitLife", field = "state", initial = ["draft"], zone = "zone",
        on = "stateSince",
        derived = [
          (state = "expired", of = ["active"], since = "validTo"),
          (state = "beyondGrace", of = ["active"], since = "validTo", days = 90)],
        acts = [
          (name = "submit", from = ["draft"], to = "submitted", needs = ["firm", "zone"]),
          (name = "take", from = ["submitted"], to = "underReview", by = ["intake"]),
          (name = "ask", from = ["underReview"], to = "query", by = ["reviewer"], states = [reason]),
          (name = "answer", from = ["query"], to = "underReview", by = ["intake"]),
          (name = "approve", from = ["underReview"], to = "approved", by = ["board"],
           states = [decision]),
          (name = "refuse", from = ["underReview"], to = "refused", by = ["board"],
           states = [reason, decision]),
          (name = "withdraw", from = ["submitted", "underReview", "query"], to = "withdrawn"),
          (name = "issue", from = ["approved"], to = "issued", by = ["licensing"],
           needs = ["issuedOn", "validFrom", "validTo"]),
          (name = "activate", from = ["issued"], to = "active", by = ["licensing"]),
          (name = "renew", from = ["active", "expired"], to = "active", changes = ["validTo"],
           by = ["licensing"], due = "validTo", daysBefore = 90, daysAfter = 89),
          (name = "extend", from = ["active", "expired"], to = "active", changes = ["validTo"],
           by = ["board"], states = [decision], needs = ["originalValidTo"]),
          (name = "suspend", from = ["active"], to = "suspended", by = ["legal"], states = [reason]),
          (name = "lift", from = ["suspended"], to = "active", by = ["legal"], states = [reason]),
          (name = "revoke", from = ["active", "expired", "suspended"], to = "revoked",
           by = ["board"], states = [reason, decision]),
          (name = "reinstate", from = ["revoked"], to = "active", by = ["board"],
           states = [decision]),
          (name = "surrender", from = ["active", "suspended"], to = "surrendered"),
          (name = "lapse", from = ["beyondGrace"], to = "lapsed", by = ["licensing"])]) {
  of @0 :Registry.Permit;
}

struct FirmRules @0xcb4e18a7025dc6aa $Daftar.extends
    # Official lists have ISINs whose check digit does not fit.
    $Daftar.identifier(name = "firmNumbers", value = "identifiers.value",
                       schemeIn = "identifiers.scheme", reported = ["isin"]) {
  of @0 :Registry.Firm;
}

struct LeaseRules @0xc4d7a1903be65f33 $Daftar.extends
    $Daftar.reference(name = "leaseFirm", on = ["firm"], table = "firm")
    $Daftar.reference(name = "leasePlot", on = ["zone", "park", "plot"], table = "plot")
    $Daftar.exclusive(name = "onePerPlot", by = ["zone", "park", "plot"], from = "validFrom",
                      to = "validTo")
    # Whoever ends a lease early moves its validTo to that day.
    $Daftar.check(name = "leaseEnds", expression = "endedOn >= validTo OR endedOn IS NULL") {
  of @0 :Registry.Lease;
}

struct ShareholdingRules @0xd5e8b2a14cf76044 $Daftar.extends
    $Daftar.index(name = "ofSubject", on = ["subjectKind", "subject", "role"],
                  covering = ["share", "validFrom", "validTo"])
    $Daftar.sumsTo(name = "sharesAtMost", sum = "share", by = ["subjectKind", "subject", "role"],
                   total = 1000000, atMost = true, from = "validFrom", to = "validTo")
    $Daftar.sumsTo(name = "sharesWhole", sum = "share", by = ["subjectKind", "subject", "role"],
                   total = 1000000, from = "validFrom", to = "validTo", policy = report) {
  of @0 :Registry.Shareholding;
}

struct InvestmentRules @0xe6f9c3b25d087155 $Daftar.extends
    $Daftar.index(name = "againstCommitment", on = ["project", "party"],
                  covering = ["kind", "usdCents"])
    $Daftar.reference(name = "investmentProject", on = ["project"], table = "project")
    $Daftar.reference(name = "investmentParty", on = ["party"], table = "firm")
    # Reversals are negative.
    $Daftar.sumsTo(name = "withinCommitment", sum = "usdCents", by = ["project", "party"],
                   atMost = true, totalWhere = "kind = commitment") {
  of @0 :Registry.Investment;
}

struct IncentiveRules @0xf70ad4c36e198266 $Daftar.extends
    $Daftar.reference(name = "incentiveHolder", on = ["holder"], table = "firm")
    $Daftar.check(name = "incentiveSunset", expression = "validTo <= sunsetOn") {
  of @0 :Registry.Incentive;
}

struct EventRules @0x981be5d47f2a9377 $Daftar.extends
    $Daftar.reference(name = "eventPermit", on = ["permit"], table = "permit", onDelete = keep) {
  of @0 :Registry.PermitEvent;
}

struct DecisionRules @0xa92cf6e5803ba488 $Daftar.extends
    $Daftar.decisions(decidedOn = "decidedOn") {
  of @0 :Registry.Decision;
}

struct Tables @0xba3d07f6914cb599 {
  # The other tables of the registry, as they are.
  authority @0 :Registry.Authority;
  zone @1 :Registry.Zone;
  park @2 :Registry.Park;
  plot @3 :Registry.Plot;
  firm @4 :Registry.Firm;
  project @5 :Registry.Project;
  session @6 :Registry.Session;
  document @7 :Registry.Document;
  crossing @8 :Registry.Crossing;
  corridor @9 :Registry.Corridor;
  code @10 :Registry.Code;
}
