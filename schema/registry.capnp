# The registry of an investment authority: zones, plots, firms, projects, permits and decisions.
#
# How to read it:
# - A table's primary key stands in its $table annotation; a reference to a record of another table
#   is Text that holds its key, and the comment names the table ("Key of zone").
# - Null is an unset Text, struct or list, or the member `none` of an optional, which is a union of
#   `none` and one value and counts as one field: the path of validTo is "validTo".
# - Intervals are half-open: validFrom is the first day that counts, validTo the first that no
#   longer does.
# - effectiveOn and its like say when a thing holds in law; recordedAt says when the registry learnt
#   it. Both are needed, since decisions are often recorded weeks after they take effect.
# - Shares are parts per million (1,000,000 is 100 %), money is whole minor units of its currency.
# - Countries are ISO 3166-1 alpha-2 ("IR"), subdivisions ISO 3166-2 ("PK-BA"), currencies ISO 4217,
#   languages BCP 47 ("fa", "ur", "en"), scripts ISO 15924 ("Arab", "Latn").
# - An enumeration starts with `unspecified` where a source may be silent.
@0xc0ab94bbab802f16;

using Daftar = import "daftar.capnp";
using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daftar::registry");

# --- Parts that several tables share -------------------------------------------------------------

struct Name @0xec7e3ff12a63d219 {
  # A name as it was written, never a transliteration made by the registry.
  lang @0 :Text;
  script @1 :Text;
  text @2 :Text;
  kind @3 :NameKind;
  validFrom :union { none @4 :Void; day @5 :Int32 $Daftar.date; }
  validTo :union { none @6 :Void; day @7 :Int32 $Daftar.date; }
}

enum NameKind @0xebb2704837311a02 {
  official @0;
  alternate @1;  # another spelling or language in present use
  former @2;
}

struct LocalText @0xb93babac953b6369 {
  # A text in one language.
  lang @0 :Text;
  text @1 :Text;
}

struct Identifier @0xd626d41005adb635 {
  # A number that somebody printed on paper for a firm or project. Numbers that no longer hold stay,
  # with validTo, so that an old paper still finds its record.
  scheme @0 :Text;
  # Who gave it: "lei", "ir-legal-id", "pk-ntn", "pk-cuin", "gem-entity", "permid", …
  value @1 :Text;  # As written, leading zeros included.
  status @2 :IdentifierStatus;
  validFrom :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  validTo :union { none @5 :Void; day @6 :Int32 $Daftar.date; }
}

enum IdentifierStatus @0xc109d3083fbf4fa3 { unspecified @0; valid @1; replaced @2; withdrawn @3; }

struct CodeRef @0xeb41ae3cb4c43eb5 {
  # Key of code.
  scheme @0 :Text;
  version @1 :Text;
  code @2 :Text;
}

struct DecisionRef @0x9474dd7bac51cde8 {
  # Key of decision.
  body @0 :Text;
  session @1 :Text;
  no @2 :Text;
}

struct Money @0xbe3a32a3c03b2733 {
  minorUnits @0 :Int64 $Daftar.money("currency");
  # Whole minor units of the currency: 12.34 USD is 1234, 5 IRR is 500.
  currency @1 :Text;
}

struct Address @0xfb97d669ebf9f66d {
  text @0 :Text;  # The whole address where the source does not divide it.
  country @1 :Text;
  subdivision @2 :Text;
  municipality @3 :Text;
  district @4 :Text;  # A part of the municipality: a borough, a tehsil, a bakhsh.
  street @5 :Text;
  building @6 :Text;
  postcode @7 :Text;
}

enum TransportMode @0xd8a839a68883adec {
  unspecified @0;
  sea @1;
  rail @2;
  road @3;
  air @4;
  inlandWater @5;
  pipeline @6;
}

# --- Bodies and land -----------------------------------------------------------------------------

struct Authority @0xe50357f846b45664
    $Daftar.table(name = "authority", key = ["code"])
    $Daftar.index(name = "byCountry", on = ["country", "kind"])
    $Daftar.index(name = "byParent", on = ["parent"], where = "parent is not null")
    $Daftar.index(name = "byName", on = ["names.text"])
    $Daftar.index(name = "byZone", on = ["zones"])
    $Daftar.search(name = "names", fields = ["names.text"],
                   from = "names.validFrom", to = "names.validTo") {
  # A body that decides, issues, registers or develops.
  code @0 :Text;
  country @1 :Text;  # Null for a joint body.
  kind @2 :AuthorityKind;
  names @3 :List(Name);
  parent @4 :Text;  # Key of authority.
  zones @5 :List(Text);  # Keys of zone: where it is competent. Empty: everywhere in its country.
  url @6 :Text;
  validFrom :union { none @7 :Void; day @8 :Int32 $Daftar.date; }
  validTo :union { none @9 :Void; day @10 :Int32 $Daftar.date; }
  source @11 :Text;
}

enum AuthorityKind @0xb98a43945208aca6 {
  unspecified @0;
  national @1;
  provincial @2;
  zoneOrganization @3;
  developer @4;
  joint @5;  # of two states, such as a joint commission
}

struct Zone @0x90e15f5ed3102054
    $Daftar.table(name = "zone", key = ["code"])
    $Daftar.index(name = "byCountry", on = ["countries", "status"])
    $Daftar.index(name = "byName", on = ["names.text"])
    $Daftar.index(name = "byNearestCrossing", on = ["nearestCrossing"],
                  where = "nearestCrossing is not null")
    $Daftar.point(name = "place", latitude = "latitude", longitude = "longitude")
    $Daftar.index(name = "byLegalBasis", on = ["legalBasis.effectiveOn desc"],
                  covering = ["regime", "status"])
    $Daftar.search(name = "names", fields = ["names.text"],
                   from = "names.validFrom", to = "names.validTo") {
  code @0 :Text;
  countries @1 :List(Text);  # Two for a joint zone.
  regime @2 :ZoneRegime;
  status @3 :ZoneStatus;
  statusSince :union { none @4 :Void; day @5 :Int32 $Daftar.date; }
  names @6 :List(Name);
  authority @7 :Text;  # Key of authority: who administers it.
  legalBasis @8 :LegalBasis;
  areaHectares :union { none @9 :Void; value @10 :Int64 $Daftar.decimal(4); }
  unlocode @11 :Text;
  subdivision @12 :Text;
  latitude :union { none @13 :Void; degrees @14 :Int32 $Daftar.decimal(7); }
  longitude :union { none @15 :Void; degrees @16 :Int32 $Daftar.decimal(7); }
  nearestCrossing @17 :Text;  # Key of crossing.
  source @18 :Text;
}

struct LegalBasis @0xf952445d173a9d7d {
  document @0 :Text;  # Key of document.
  title @1 :Text;  # The act or decision as it is cited.
  effectiveOn :union { none @2 :Void; day @3 :Int32 $Daftar.date; }
}

enum ZoneRegime @0xc3255de243b1dff7 {
  unspecified @0;
  freeZone @1;  # outside the customs territory, such as Iran's free trade-industrial zones
  specialEconomicZone @2;
  exportProcessingZone @3;
  borderMarket @4;
  industrialEstate @5;
}

enum ZoneStatus @0xb2c793fc18c4b400 {
  unspecified @0;
  proposed @1;
  letterOfIntent @2;
  notified @3;
  active @4;
  suspended @5;
  denotified @6;
}

struct Park @0xa05ecfc07eb5bc17
    $Daftar.table(name = "park", key = ["zone", "code"])
    $Daftar.index(name = "byDeveloper", on = ["developer"], where = "developer is not null")
    $Daftar.index(name = "bySpecialisation", on = ["activities.scheme", "activities.code"])
    $Daftar.index(name = "joint", on = ["zone"], where = "joint = true")
    $Daftar.search(name = "names", fields = ["names.text"],
                   from = "names.validFrom", to = "names.validTo") {
  # A part of a zone with its own developer or purpose.
  zone @0 :Text;
  code @1 :Text;
  names @2 :List(Name);
  activities @3 :List(CodeRef);  # What it specialises in, as ISIC or HS codes.
  developer @4 :Text;  # Key of authority.
  agreement @5 :Text;  # Key of document: the development agreement.
  agreementSignedOn :union { none @6 :Void; day @7 :Int32 $Daftar.date; }
  agreementValidTo :union { none @8 :Void; day @9 :Int32 $Daftar.date; }
  joint @10 :Bool;
  hostShares @11 :List(HostShare);
  areaHectares :union { none @12 :Void; value @13 :Int64 $Daftar.decimal(4); }
}

struct HostShare @0x81da48a7d329d1ca {
  # What one host state holds of a joint park.
  country @0 :Text;
  share :union { none @1 :Void; ppm @2 :Int32; }
}

struct Plot @0xa42b3f03d3f52fd0
    $Daftar.table(name = "plot", key = ["zone", "park", "no"])
    $Daftar.index(name = "free", on = ["zone", "park", "areaSquareMetres desc"],
                  where = "status = free", covering = ["freeFrom", "use"])
    $Daftar.index(name = "byAncestor", on = ["parents"])
    $Daftar.index(name = "byStatus", on = ["zone", "park", "status"],
                  covering = ["areaSquareMetres"])
    $Daftar.aggregate(name = "occupancy", by = ["zone", "park", "status"],
                      sum = ["areaSquareMetres"]) {
  zone @0 :Text;
  park @1 :Text;
  no @2 :Text;
  areaSquareMetres :union { none @3 :Void; value @4 :Int64 $Daftar.decimal(2); }
  use @5 :Text;
  status @6 :PlotStatus;
  freeFrom :union { none @7 :Void; day @8 :Int32 $Daftar.date; }  # When it can be allotted.
  parents @9 :List(Text);  # Numbers of plots of the same park that it was cut from or joined from.
  coverageMin :union { none @10 :Void; ppm @11 :Int32; }  # Least part to be built on.
  coverageMax :union { none @12 :Void; ppm @13 :Int32; }
}

enum PlotStatus @0xa6b3bac5d6b4fc6f {
  unspecified @0;
  free @1;
  reserved @2;
  allotted @3;  # promised by decision; the lease is not signed yet
  leased @4;
  resumed @5;  # taken back by the authority
  divided @6;  # gone: its area is in other plots
}

struct Lease @0xd626caccd12056f6
    $Daftar.table(name = "lease", key = ["no"])
    $Daftar.index(name = "ofPlot", on = ["zone", "park", "plot", "validFrom desc"],
                  covering = ["firm", "validTo", "endedOn"])
    $Daftar.index(name = "ofFirm", on = ["firm", "validFrom desc"])
    $Daftar.index(name = "running", on = ["zone", "validTo nulls last"],
                  where = "endedOn is null", covering = ["firm", "park", "plot"])
    $Daftar.index(name = "unbuilt", on = ["constructionDueOn"],
                  where = "builtOn is null and endedOn is null and constructionDueOn is not null",
                  covering = ["firm", "zone", "park", "plot"])
    $Daftar.index(name = "byDecision", on = ["decision.body", "decision.session", "decision.no"],
                  where = "decision.body is not null") {
  # An allotment and the lease that follows it.
  no @0 :Text;
  zone @1 :Text;
  park @2 :Text;
  plot @3 :Text;
  firm @4 :Text;  # Key of firm.
  allottedOn :union { none @5 :Void; day @6 :Int32 $Daftar.date; }
  validFrom :union { none @7 :Void; day @8 :Int32 $Daftar.date; }
  validTo :union { none @9 :Void; day @10 :Int32 $Daftar.date; }
  rent @11 :Money;
  rentPeriod @12 :Text;  # "year", "month", or ISO 8601: "P6M".
  constructionDueOn :union { none @13 :Void; day @14 :Int32 $Daftar.date; }
  builtOn :union { none @15 :Void; day @16 :Int32 $Daftar.date; }
  subleaseOf @17 :Text;  # Key of lease.
  endedOn :union { none @18 :Void; day @19 :Int32 $Daftar.date; }
  endReason @20 :Text;
  decision @21 :DecisionRef;
}

# --- Firms and who owns what ---------------------------------------------------------------------

struct Firm @0xbff1ca7362f9eac7
    $Daftar.table(name = "firm", key = ["registryNo"])
    $Daftar.index(name = "byIdentifier", on = ["identifiers.value", "identifiers.scheme"])
    $Daftar.index(name = "byName", on = ["names.text"])
    $Daftar.index(name = "byLei", on = ["lei"], unique = true, where = "lei is not null")
    $Daftar.index(name = "byHome", on = ["homeCountry", "status"], covering = ["kind"])
    $Daftar.index(name = "byActivity", on = ["activities.scheme", "activities.code"])
    $Daftar.index(name = "byPlace", on = ["address.municipality", "address.district",
                                          "address.street"])
    $Daftar.index(name = "newest", on = ["registeredOn desc"], where = "registeredOn is not null")
    $Daftar.search(name = "names", fields = ["names.text"],
                   from = "names.validFrom", to = "names.validTo") {
  registryNo @0 :Text;
  names @1 :List(Name);
  kind @2 :FirmKind;
  status @3 :FirmStatus;
  legalForm @4 :Text;  # As the law of its home names it: "sahami-ye khas", "Pvt Ltd".
  homeCountry @5 :Text;
  identifiers @6 :List(Identifier);
  lei @7 :Text;  # ISO 17442, also among identifiers once it changed.
  activities @8 :List(CodeRef);  # ISIC codes, or codes of a local list such as a kind of cuisine.
  address @9 :Address;
  registeredOn :union { none @10 :Void; day @11 :Int32 $Daftar.date; }
  statusSince :union { none @12 :Void; day @13 :Int32 $Daftar.date; }
  foreignParent @14 :Text;  # Key of firm, for a branch or representative office.
  source @15 :Text;
}

enum FirmKind @0x9ea44b25505c051a {
  unspecified @0;
  company @1;
  branch @2;
  representativeOffice @3;
  soleTrader @4;
  state @5;  # a state, a ministry or a body of one
  fund @6;
  person @7;
  group @8;  # holders that a source lumps together: "small shareholders"
}

enum FirmStatus @0xf0fa0d0330221130 {
  unspecified @0;
  inFormation @1;
  registered @2;
  active @3;
  suspended @4;
  struckOff @5;
}

enum PartyRole @0x933c9d4dd1991017 {
  unspecified @0;
  owner @1;   # holds a share of the thing itself
  parent @2;  # stands behind an owner
}

enum EquityState @0xf78e07108be88287 {
  # Whether the stated shares of all parties of one role add up to exactly 1,000,000 ppm; set by the
  # import, which never rounds.
  unspecified @0;  # some party states no share, or none is known
  exact @1;
  short @2;
  over @3;
}

struct Shareholding @0xa31ddcf60797ca88
    $Daftar.table(name = "shareholding", key = ["subjectKind", "subject", "role", "sequence"])
    $Daftar.index(name = "byHolder", on = ["holder", "role", "share desc"],
                  covering = ["subjectKind", "subject", "validTo"], where = "holder is not null")
    $Daftar.index(name = "byHolderName", on = ["holderName"])
    $Daftar.index(name = "current", on = ["subjectKind", "subject", "share desc"],
                  where = "validTo is null", covering = ["holder", "holderName"])
    $Daftar.search(name = "holders", fields = ["holderName"],
                   from = "validFrom", to = "validTo") {
  # One holder's share of a firm or project. The holder is no part of the key, since a source may
  # name a holder without number, or say "unknown".
  subjectKind @0 :SubjectKind;
  subject @1 :Text;  # Key of firm or of project.
  role @2 :PartyRole;
  sequence @3 :UInt32;
  # Counts the holders of one subject and role from 1, in the order of the source.
  holder @4 :Text;  # Key of firm.
  holderName @5 :Text;
  holderKind @6 :FirmKind;
  share :union { none @7 :Void; ppm @8 :Int32; }
  class @9 :Text;  # The class of shares.
  validFrom :union { none @10 :Void; day @11 :Int32 $Daftar.date; }
  validTo :union { none @12 :Void; day @13 :Int32 $Daftar.date; }
  decision @14 :DecisionRef;
  source @15 :Text;
}

enum SubjectKind @0xf798509046d534c4 { firm @0; project @1; }

# --- Projects and money --------------------------------------------------------------------------

struct Project @0x84b47402000ae932
    $Daftar.table(name = "project", key = ["no"])
    $Daftar.index(name = "byName", on = ["names.text"])
    $Daftar.index(name = "byIdentifier", on = ["identifiers.value", "identifiers.scheme"])
    $Daftar.index(name = "byHolder", on = ["parties.holder", "parties.role"])
    $Daftar.index(name = "byPartyCountry", on = ["parties.country"])
    $Daftar.index(name = "byPlace", on = ["country", "province", "stage"],
                  covering = ["sector", "isic", "equityState"])
    $Daftar.index(name = "bySector", on = ["isic", "country", "stage"])
    $Daftar.index(name = "byHs", on = ["hs"])
    $Daftar.index(name = "byProduct", on = ["products"])
    $Daftar.index(name = "byZone", on = ["zone", "park", "stage"], where = "zone is not null")
    $Daftar.index(name = "byMilestone", on = ["milestones.stage", "milestones.year desc"])
    $Daftar.index(name = "byCapacity", on = ["capacities.product", "capacities.unit",
                                             "capacities.amount desc"])
    $Daftar.index(name = "unbalanced", on = ["equityState", "country"],
                  where = "equityState in (short, over)")
    $Daftar.index(name = "unbalancedParents", on = ["parentEquityState", "country"],
                  where = "parentEquityState in (short, over)")
    $Daftar.index(name = "byDecision", on = ["decision.body", "decision.session", "decision.no"],
                  where = "decision.body is not null")
    $Daftar.aggregate(name = "jobs", by = ["country", "province"],
                      sum = ["jobsPlanned", "jobsActual"])
    $Daftar.aggregate(name = "committed", by = ["sector", "committed.currency"],
                      sum = ["committed.minorUnits"])
    $Daftar.search(name = "names", fields = ["names.text"],
                   from = "names.validFrom", to = "names.validTo") {
  no @0 :Text;
  names @1 :List(Name);
  identifiers @2 :List(Identifier);
  stage @3 :ProjectStage;
  milestones @4 :List(Milestone);
  zone @5 :Text;
  park @6 :Text;
  plots @7 :List(Text);  # Numbers of plots of the park.
  country @8 :Text;
  partnerCountries @9 :List(Text);
  province @10 :Text;  # ISO 3166-2, or the name as the source writes it.
  municipality @11 :Text;
  location @12 :Text;  # The address as the source writes it.
  latitude :union { none @13 :Void; degrees @14 :Int32 $Daftar.decimal(7); }
  longitude :union { none @15 :Void; degrees @16 :Int32 $Daftar.decimal(7); }
  accuracy @17 :PositionAccuracy;
  sector @18 :Text;  # In words: "cement", "steel".
  isic @19 :Text;  # ISIC Rev.4, leading zero kept.
  hs @20 :List(Text);  # HS 2022 codes of what it makes, leading zeros kept.
  products @21 :List(Text);  # In words, as the source writes them.
  processes @22 :List(Text);  # Ways of making: "dry", "EAF", "DRI".
  capacities @23 :List(Capacity);
  parties @24 :List(Party);
  equityState @25 :EquityState;  # Of the owners.
  parentEquityState @26 :EquityState;  # Of the parents.
  committed @27 :Money;
  jobsPlanned :union { none @28 :Void; value @29 :Int32; }
  jobsActual :union { none @30 :Void; value @31 :Int32; }
  decision @32 :DecisionRef;
  source @33 :Text;
  wikiUrl @34 :Text;
}

struct Capacity @0x851916baede730ea {
  # What one part of a project makes in a year; a part can be at another stage than the project.
  product @0 :Text;
  process @1 :Text;
  amount :union { none @2 :Void; value @3 :Int64 $Daftar.decimal(6); }
  # Null where a source says only that there is some.
  unit @4 :Text;  # Per year: "t", "kt", "Mt".
  stage @5 :ProjectStage;
  stated @6 :Text;  # As the source writes it: ">0", "3600".
}

struct Party @0xb131d06dca23ec40 {
  holder @0 :Text;  # Key of firm.
  name @1 :Text;
  country @2 :Text;
  role @3 :PartyRole;
  share :union { none @4 :Void; ppm @5 :Int32; }
}

struct Milestone @0x80cc2bcc86ca7597 {
  # When a project came to a stage, as exactly as the source knows.
  stage @0 :ProjectStage;
  reachedOn :union { none @1 :Void; day @2 :Int32 $Daftar.date; }
  year :union { none @3 :Void; value @4 :Int32; }
  stated @5 :Text;
}

enum ProjectStage @0xfc9e456d23825451 {
  # Holds the stages of a permit file and the statuses that Global Energy Monitor uses.
  unspecified @0;
  announced @1;
  proposed @2;
  approved @3;
  construction @4;
  operating @5;
  operatingPreRetirement @6;  # runs, its closure is announced
  mothballed @7;
  shelved @8;
  cancelled @9;
  retired @10;
}

enum PositionAccuracy @0x80e7d185d36dd13f { unspecified @0; exact @1; approximate @2; }

struct Investment @0xdc616cd7d0ddb5f3
    $Daftar.table(name = "investment", key = ["no"])
    $Daftar.index(name = "ofProject", on = ["project", "kind", "valueDate desc"],
                  covering = ["amount.minorUnits", "amount.currency", "usdCents"])
    $Daftar.index(name = "ofParty", on = ["party", "valueDate desc"],
                  covering = ["project", "kind", "usdCents"])
    $Daftar.index(name = "byDate", on = ["valueDate desc nulls last", "kind"],
                  covering = ["project", "usdCents"])
    $Daftar.index(name = "reversal", on = ["reversalOf"], unique = true,
                  where = "reversalOf is not null")
    $Daftar.aggregate(name = "perProject", by = ["project", "kind", "amount.currency"],
                      sum = ["amount.minorUnits", "usdCents"]) {
  # A promise or a contribution. Never re-valued later: a correction is a reversal and a new record.
  no @0 :Text;
  project @1 :Text;
  party @2 :Text;  # Key of firm.
  kind @3 :InvestmentKind;
  amount @4 :Money;
  valueDate :union { none @5 :Void; day @6 :Int32 $Daftar.date; }
  # Of a cash contribution: the day of the deposit in the investee's account.
  rate :union { none @7 :Void; value @8 :Int64 $Daftar.decimal(8); }
  # What one unit of the amount's currency was worth in rateCurrency on valueDate.
  rateCurrency @9 :Text;
  rateSource @10 :Text;
  usdCents :union { none @11 :Void; value @12 :Int64; }
  # The amount in US cents, fixed when it was booked.
  evidence @13 :Text;  # Key of document.
  reversalOf @14 :Text;  # Key of investment.
  decision @15 :DecisionRef;
  recordedAt :union { none @16 :Void; at @17 :Int64 $Daftar.instant; }
}

enum InvestmentKind @0xfd78ce0d58affdde {
  unspecified @0;
  commitment @1;
  cash @2;
  inKind @3;
  knowHow @4;
  loan @5;
  reinvested @6;
}

# --- Permits -------------------------------------------------------------------------------------

struct Permit @0xed5b69487525f0bd
    $Daftar.table(name = "permit", key = ["no"])
    $Daftar.index(name = "byIssue", on = ["authority", "kind", "year", "serial"], unique = true)
    $Daftar.index(name = "ofFirm", on = ["firm", "validTo desc nulls first"],
                  covering = ["kind", "state", "zone"])
    $Daftar.index(name = "ofProject", on = ["project"], where = "project is not null")
    $Daftar.index(name = "ofLease", on = ["lease", "validTo"], where = "lease is not null")
    $Daftar.index(name = "expiring", on = ["zone", "validTo"],
                  where = "state in (issued, active) and validTo is not null",
                  covering = ["firm", "kind", "lease"])
    $Daftar.index(name = "waiting", on = ["desk", "stateSince"],
                  where = "state in (submitted, underReview, query)", covering = ["firm", "kind"])
    $Daftar.index(name = "byState", on = ["state", "stateSince desc"], covering = ["firm", "kind"])
    $Daftar.index(name = "byActivity", on = ["activities.scheme", "activities.code"])
    $Daftar.index(name = "byDecision", on = ["decision.body", "decision.session", "decision.no"],
                  where = "decision.body is not null")
    $Daftar.aggregate(name = "byState", by = ["zone", "state"])
    $Daftar.aggregate(name = "running", by = ["zone"], min = ["validTo"], max = ["validTo"],
                      where = "state in (issued, active) and validTo is not null") {
  no @0 :Text;  # As printed on it, unique in the registry and never used again.
  authority @1 :Text;
  kind @2 :Text;
  # Code of the authority's list: "activity", "establishment", "operation", "building", "trade", …
  year :union { none @3 :Void; value @4 :Int32; }
  # The year in the number, in the issuer's calendar.
  serial :union { none @5 :Void; value @6 :Int32; }
  firm @7 :Text;
  project @8 :Text;
  zone @9 :Text;
  park @10 :Text;
  plot @11 :Text;
  lease @12 :Text;  # Key of lease.
  activities @13 :List(CodeRef);
  conditions @14 :List(LocalText);
  state @15 :PermitState;
  stateSince :union { none @16 :Void; day @17 :Int32 $Daftar.date; }
  desk @18 :Text;  # Where the file lies now.
  submittedOn :union { none @19 :Void; day @20 :Int32 $Daftar.date; }
  issuedOn :union { none @21 :Void; day @22 :Int32 $Daftar.date; }
  validFrom :union { none @23 :Void; day @24 :Int32 $Daftar.date; }
  validTo :union { none @25 :Void; day @26 :Int32 $Daftar.date; }
  originalValidTo :union { none @27 :Void; day @28 :Int32 $Daftar.date; }
  # Before a decision moved it.
  decision @29 :DecisionRef;
  source @30 :Text;
}

enum PermitState @0xfd79b28afc3e955c {
  # The states that are stored. "Expired" is not one of them: it follows from validTo and the day.
  unspecified @0;
  draft @1;
  submitted @2;
  underReview @3;
  query @4;  # sent back with a question; the clock stands still
  approved @5;
  refused @6;
  withdrawn @7;
  issued @8;
  active @9;
  suspended @10;
  revoked @11;
  lapsed @12;  # expired and not renewed within the period of grace
  surrendered @13;
}

struct PermitEvent @0xc7c530ee17012c6c
    $Daftar.table(name = "permit_event", key = ["permit", "seq"])
    $Daftar.index(name = "byDay", on = ["effectiveOn desc", "type"], covering = ["score", "grade"])
    $Daftar.index(name = "byCode", on = ["code", "effectiveOn desc"], covering = ["score"])
    $Daftar.index(name = "byGrade", on = ["grade", "gradedOn desc"], where = "grade is not null")
    $Daftar.index(name = "byState", on = ["toState", "effectiveOn desc"],
                  where = "toState != unspecified")
    $Daftar.index(name = "byDecision", on = ["decision.body", "decision.session", "decision.no"],
                  where = "decision.body is not null") {
  # What happened to a permit: a move between states, an inspection, a correction. Events are added
  # and never changed; a wrong one is corrected by another.
  permit @0 :Text;  # Key of permit.
  seq @1 :UInt32;
  # Counts the events of one permit from 1, in the order in which they were recorded.
  firm @2 :Text;  # Key of firm, where the source speaks of the firm rather than of a permit.
  kind @3 :EventKind;
  type @4 :Text;  # The authority's own type: a code of its list.
  effectiveOn :union { none @5 :Void; day @6 :Int32 $Daftar.date; }
  recordedAt :union { none @7 :Void; at @8 :Int64 $Daftar.instant; }
  fromState @9 :PermitState;
  toState @10 :PermitState;
  code @11 :Text;  # What was found or changed: of an inspection, the violation.
  outcome @12 :Text;  # What was done about it: a code of the authority's list.
  score :union { none @13 :Void; value @14 :Int32; }
  grade @15 :Text;
  gradedOn :union { none @16 :Void; day @17 :Int32 $Daftar.date; }
  corrects @18 :List(UInt32);  # Events of the same permit, by seq.
  officer @19 :Text;
  role @20 :Text;  # In what capacity the officer acted.
  ground @21 :Text;  # The provision of law.
  decision @22 :DecisionRef;
  documentHash @23 :Data;  # SHA-256 of the paper.
}

enum EventKind @0xeaa36392e41410e7 {
  unspecified @0;
  transition @1;
  amendment @2;
  renewal @3;
  inspection @4;
  correction @5;
  notice @6;
}

struct Incentive @0x9c28f1a2940b6581
    $Daftar.table(name = "incentive", key = ["no"])
    $Daftar.index(name = "ofHolder", on = ["holder", "validTo desc"])
    $Daftar.index(name = "oneHolder", on = ["base", "rule"], unique = true,
                  where = "relinquishedOn is null and revokedOn is null")
    $Daftar.index(name = "running", on = ["validTo", "rule"],
                  where = "relinquishedOn is null and revokedOn is null",
                  covering = ["holder", "sunsetOn"]) {
  # A tax holiday or other privilege.
  no @0 :Text;
  holder @1 :Text;  # Key of firm.
  project @2 :Text;
  base @3 :Text;
  # What it is given for, such as the development of a park: one holder at a time may have it.
  rule @4 :Text;
  ruleVersion @5 :Text;
  trigger @6 :Text;  # The event from which it runs: "agreement signed", "production certified".
  triggeredOn :union { none @7 :Void; day @8 :Int32 $Daftar.date; }
  certifier @9 :Text;  # Key of authority.
  validFrom :union { none @10 :Void; day @11 :Int32 $Daftar.date; }
  validTo :union { none @12 :Void; day @13 :Int32 $Daftar.date; }  # End of term or sunset.
  sunsetOn :union { none @14 :Void; day @15 :Int32 $Daftar.date; }
  # After it the rule gives nothing.
  relinquishedOn :union { none @16 :Void; day @17 :Int32 $Daftar.date; }
  revokedOn :union { none @18 :Void; day @19 :Int32 $Daftar.date; }
  permit @20 :Text;  # Key of permit: the operation licence that it needs.
  decision @21 :DecisionRef;
}

# --- Decisions and papers ------------------------------------------------------------------------

struct Session @0x80b68f2d780c3f04
    $Daftar.table(name = "session", key = ["body", "no"])
    $Daftar.index(name = "byDay", on = ["heldFrom desc"], covering = ["place"]) {
  body @0 :Text;  # Key of authority.
  no @1 :Text;  # The body's own number, or the first day where it counts none.
  names @2 :List(Name);
  heldFrom :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  heldTo :union { none @5 :Void; day @6 :Int32 $Daftar.date; }
  place @7 :Text;
  country @8 :Text;
  chairs @9 :List(Text);
  quorum @10 :Text;  # What the minutes say about it.
  protocol @11 :Text;  # Key of document.
  source @12 :Text;
}

struct Decision @0xb629b61c0ea6db74
    $Daftar.table(name = "decision", key = ["body", "session", "no"])
    $Daftar.index(name = "open", on = ["body", "session", "dueOn nulls last"],
                  where = "execution in (open, inProgress)", covering = ["responsible"])
    $Daftar.index(name = "byDay", on = ["decidedOn desc"])
    $Daftar.index(name = "byAffected", on = ["affects.table", "affects.key"]) {
  body @0 :Text;
  session @1 :Text;
  no @2 :Text;
  decidedOn :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  texts @5 :List(LocalText);
  affects @6 :List(AffectedRecord);
  responsible @7 :Text;  # Key of authority.
  dueOn :union { none @8 :Void; day @9 :Int32 $Daftar.date; }
  execution @10 :ExecutionState;
  executedOn :union { none @11 :Void; day @12 :Int32 $Daftar.date; }
  document @13 :Text;  # Key of document.
  source @14 :Text;
}

struct AffectedRecord @0xf2aebf538d3380d8 {
  # A record that a decision speaks of.
  table @0 :Text;
  key @1 :Text;  # Its key; the parts of a compound key joined by "/".
}

enum ExecutionState @0xcaf9103f95d2ad4d {
  unspecified @0;
  open @1;
  inProgress @2;
  done @3;
  cancelled @4;
}

struct Document @0xf4289dfea180807e
    $Daftar.table(name = "document", key = ["code"])
    $Daftar.index(name = "byHash", on = ["hash"], unique = true, where = "hash is not null")
    $Daftar.index(name = "byNumber", on = ["issuer", "number"])
    $Daftar.index(name = "byDay", on = ["datedOn desc"], covering = ["kind"]) {
  # What is known of a paper; the file itself lies elsewhere.
  code @0 :Text;
  kind @1 :DocumentKind;
  issuer @2 :Text;
  number @3 :Text;
  datedOn :union { none @4 :Void; day @5 :Int32 $Daftar.date; }
  languages @6 :List(Text);
  titles @7 :List(LocalText);
  parties @8 :List(Text);  # Countries or keys of authority that signed.
  hash @9 :Data;  # SHA-256 of the file.
  url @10 :Text;
  source @11 :Text;
}

enum DocumentKind @0xd19ebd0a90eb929a {
  unspecified @0;
  law @1;
  regulation @2;
  treaty @3;
  memorandum @4;
  protocol @5;
  agreement @6;
  licence @7;
  certificate @8;
  minutes @9;
  report @10;
}

# --- Places of passage and code lists ------------------------------------------------------------

struct Crossing @0xd71a8bd6575c0a84
    $Daftar.table(name = "crossing", key = ["code"])
    $Daftar.index(name = "byCountry", on = ["country", "kind"])
    $Daftar.index(name = "byName", on = ["names.text"])
    $Daftar.index(name = "byPartner", on = ["partner"], where = "partner is not null")
    $Daftar.index(name = "byIata", on = ["iata"], where = "iata is not null")
    $Daftar.index(name = "byLatitude", on = ["latitude", "longitude"],
                  where = "latitude is not null", covering = ["kind", "country"])
    $Daftar.point(name = "place", latitude = "latitude", longitude = "longitude")
    $Daftar.search(name = "names", fields = ["names.text"],
                   from = "names.validFrom", to = "names.validTo") {
  # A sea port, airport, border post or other place of transport.
  code @0 :Text;
  # The UN/LOCODE without its space where there is one, else a national code ("IR-RIMDAN").
  country @1 :Text;
  subdivision @2 :Text;
  names @3 :List(Name);
  kind @4 :CrossingKind;
  modes @5 :List(TransportMode);
  unlocode @6 :Text;
  iata @7 :Text;
  functions @8 :Text;  # UN/LOCODE's function classifier as it stands there: "1--4----".
  locodeStatus @9 :Text;
  latitude :union { none @10 :Void; degrees @11 :Int32 $Daftar.decimal(7); }
  longitude :union { none @12 :Void; degrees @13 :Int32 $Daftar.decimal(7); }
  position @14 :Text;  # Coordinates as the source writes them: "3002N 05232E".
  openedOn :union { none @15 :Void; day @16 :Int32 $Daftar.date; }
  partner @17 :Text;  # Key of crossing: the post on the other side of the border.
  source @18 :Text;
}

enum CrossingKind @0xe28def0d9c7dfb20 {
  unspecified @0;
  seaPort @1;
  airport @2;
  landCrossing @3;
  railTerminal @4;
  inlandPort @5;
  borderMarket @6;
}

struct Corridor @0x9ebcd23c4785a36e
    $Daftar.table(name = "corridor", key = ["code"])
    $Daftar.index(name = "byPoint", on = ["legs.origin", "legs.mode"])
    $Daftar.index(name = "byName", on = ["names.text"])
    $Daftar.search(name = "names", fields = ["names.text"],
                   from = "names.validFrom", to = "names.validTo") {
  # A route of transport: legs in the order of travel.
  code @0 :Text;
  names @1 :List(Name);
  status @2 :Text;
  legs @3 :List(Leg);
  document @4 :Text;  # Key of document.
  source @5 :Text;
}

struct Leg @0xaa58cf5a809e4e2b {
  origin @0 :Text;  # Key of crossing, or the name of a place.
  destination @1 :Text;
  mode @2 :TransportMode;
  lengthKm :union { none @3 :Void; value @4 :Int64 $Daftar.decimal(1); }
  gaugeMillimetres :union { none @5 :Void; value @6 :Int32; }
  # Of a railway; where it changes, goods are reloaded.
  capacity @7 :Text;
}

struct Code @0x80c7d5b3d77f6dde
    $Daftar.table(name = "code", key = ["scheme", "version", "code"])
    $Daftar.index(name = "byParent", on = ["scheme", "version", "parent"],
                  where = "parent is not null", covering = ["level"])
    $Daftar.index(name = "byLabel", on = ["labels.text", "labels.lang"])
    $Daftar.index(name = "withdrawn", on = ["scheme", "withdrawnOn"],
                  where = "withdrawnOn is not null") {
  # One entry of a code list: ISIC, HS, ISO 3166, ISO 4217, or a list of an authority's own.
  scheme @0 :Text;
  version @1 :Text;  # The edition: "4", "2022".
  code @2 :Text;  # Leading zeros matter: "0402" is not "402".
  parent @3 :Text;  # A code of the same scheme and version.
  level @4 :Text;
  labels @5 :List(LocalText);
  aliases @6 :List(CodeRef);  # The same thing in other schemes.
  minorUnitDigits :union { none @7 :Void; value @8 :Int32; }
  # Of a currency: how many digits its minor unit has.
  validFrom :union { none @9 :Void; day @10 :Int32 $Daftar.date; }
  withdrawnOn :union { none @11 :Void; day @12 :Int32 $Daftar.date; }
  source @13 :Text;
}
