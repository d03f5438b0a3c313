// Random commands: written, framed octet by octet and parsed again, each is what it was. The seed
// is fixed.
#include <catch2/catch.hpp>
#include <random>

#include "exchange.hpp"

namespace mailhold::imap::wire {
namespace {

class Generator {
  public:
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
    bool one_in(unsigned n) { return below(n) == 0; }
    std::uint32_t number() { return one_in(4) ? 1 + below(star - 2) : 1 + below(100); }

    template <class Make>
    auto several(unsigned least, Make make) {
        std::vector<decltype(make())> items;
        for (auto count = least + below(4); count > 0; --count) items.push_back(make());
        return items;
    }
    std::string octets() {  // any but NUL
        std::string text;
        for (auto length = below(20); length > 0; --length) {
            constexpr std::string_view likely = "aZ09 \"\\{}()[]%*\r\n&-+,.:";
            text += one_in(4) ? static_cast<char>(1 + below(255)) : likely[below(likely.size())];
        }
        return text;
    }
    std::string word() {  // an atom in upper case
        std::string text;
        for (auto length = 1 + below(8); length > 0; --length) text += "ABCXYZ09-=.$"[below(12)];
        return text;
    }
    std::string name() {  // UTF-8, no other spelling of INBOX
        constexpr const char* pieces[] = {"a",  "Z", "&",  "-",  "/", "é",  "台",
                                          "😀", " ", "\"", "\\", "%", "\t", "INBOX"};
        std::string text;
        for (auto length = below(6); length > 0; --length) text += pieces[below(std::size(pieces))];
        return text;
    }
    std::string flag() { return (one_in(2) ? "\\" : "") + word(); }
    SequenceSet set() {
        if (one_in(20)) return saved_result;
        return several(1, [&] {
            const auto a = one_in(6) ? star : number(), b = one_in(6)   ? star
                                                            : one_in(2) ? a
                                                                        : number();
            return std::pair(std::min(a, b), std::max(a, b));
        });
    }
    PartialRange partial() {
        const auto a = number(), b = number();
        return {std::min(a, b), std::max(a, b), one_in(2)};
    }
    NumberKind kind() { return one_in(2) ? NumberKind::uid : NumberKind::sequence; }
    std::chrono::sys_days day() {
        return std::chrono::sys_days(std::chrono::days(static_cast<int>(below(60'000)) - 10'000));
    }
    ZonedSeconds time() {
        return {day() + std::chrono::seconds(below(86'400)),
                static_cast<std::int16_t>(static_cast<int>(below(2 * 840)) - 840)};
    }
    StatusItem status_item() { return static_cast<StatusItem>(below(10)); }
    FetchItem fetch_item() {
        FetchItem item;
        item.kind = static_cast<FetchItem::Kind>(below(18));
        if (item.kind == FetchItem::Kind::preview) item.lazy = one_in(2);
        if (item.kind < FetchItem::Kind::section) return item;
        item.section.path = several(0, [&] { return number(); });
        if (item.kind == FetchItem::Kind::binary_size) return item;
        if (item.kind == FetchItem::Kind::binary) {
            item.peek = one_in(2);
            if (one_in(3)) item.partial = Partial{below(1000), number()};
            return item;
        }
        item.section.text = static_cast<Section::Text>(below(6));
        if (item.section.text == Section::Text::mime && item.section.path.empty())
            item.section.text = Section::Text::text;
        if (item.section.text == Section::Text::header_fields ||
            item.section.text == Section::Text::header_fields_not)
            item.section.fields = several(1, [&] { return octets(); });
        item.peek = one_in(2);
        if (one_in(3)) item.partial = Partial{below(1000), number()};
        return item;
    }
    SearchKey key(unsigned depth) {
        using Kind = SearchKey::Kind;
        SearchKey key;
        key.kind = static_cast<Kind>(below(47));
        if (depth == 0 && (key.kind == Kind::and_ || key.kind == Kind::not_ ||
                           key.kind == Kind::or_ || key.kind == Kind::fuzzy))
            key.kind = Kind::all;
        switch (key.kind) {
            case Kind::bcc:
            case Kind::body:
            case Kind::cc:
            case Kind::from:
            case Kind::subject:
            case Kind::text:
            case Kind::to:
            case Kind::email_id:
            case Kind::thread_id:
            case Kind::gm_raw:
                key.text = octets();
                break;
            case Kind::header:
                key.header_name = octets(), key.text = octets();
                break;
            case Kind::keyword:
            case Kind::unkeyword:
                key.text = word();
                break;
            case Kind::larger:
            case Kind::modseq:
            case Kind::smaller:
                key.size = std::uint64_t{number()} << below(30);
                break;
            case Kind::older:
            case Kind::younger:
            case Kind::uid_after:
            case Kind::uid_before:
                key.size = number();
                break;
            case Kind::saved_before:
            case Kind::saved_on:
            case Kind::saved_since:
            case Kind::before:
            case Kind::on:
            case Kind::since:
            case Kind::sent_before:
            case Kind::sent_on:
            case Kind::sent_since:
                key.day = day();
                break;
            case Kind::uid:
            case Kind::sequence:
                key.numbers = set();
                break;
            case Kind::not_:
            case Kind::fuzzy:
                key.children.push_back(this->key(depth - 1));
                break;
            case Kind::or_:
                key.children.push_back(this->key(depth - 1));
                key.children.push_back(this->key(depth - 1));
                break;
            case Kind::and_:
                key.children = several(1, [&] { return this->key(depth - 1); });
                break;
            default:
                break;
        }
        return key;
    }
    List list() {
        List list{one_in(4), {}, name(), {name()}, false, {}, {}};
        if (list.lsub || one_in(3)) return list;
        list.selection = several(0, [&] { return word(); });
        list.patterns = several(1, [&] { return name(); });
        list.returns = several(0, [&] { return "R" + word(); });
        if (one_in(2)) list.status = several(1, [&] { return status_item(); });
        if (one_in(3)) list.metadata = several(1, [&] { return octets(); });
        list.extended = true;
        return list;
    }
    Search search() {
        Search search;
        search.kind = kind();
        if (one_in(2)) search.charset = word();
        if (one_in(2)) {
            search.extended = true;
            search.returns = several(0, [&] { return "R" + word(); });
            if (one_in(2)) search.partial = partial();
        }
        search.key.kind = SearchKey::Kind::and_;
        search.key.children = several(1, [&] { return key(4); });
        return search;
    }
    Search sorting() {
        auto search = this->search();
        search.charset = word();
        return search;
    }
    SortKey sort_key() { return {static_cast<SortKey::Kind>(below(10)), one_in(2)}; }
    MailboxFilter filter() {
        MailboxFilter filter{static_cast<MailboxFilter::Kind>(below(8)), {}};
        if (filter.kind >= MailboxFilter::Kind::subtree)
            filter.names = several(1, [&] { return name(); });
        return filter;
    }
    Thread thread() {
        Thread thread{sorting(), word()};
        thread.search.extended = false;
        thread.search.returns.clear();
        thread.search.partial.reset();
        return thread;
    }
    MultiSearch multi_search() {
        MultiSearch command{several(0, [&] { return filter(); }), search()};
        command.search.kind = NumberKind::uid;
        return command;
    }
    Notify notify() {
        Notify command{several(0, [&] {
            Notify::Group group{filter(), several(0, [&] { return "E" + word(); })};
            if (one_in(2)) {
                group.events.insert(group.events.begin(), "MESSAGENEW");
                group.items = several(0, [&] { return fetch_item(); });
            }
            return group;
        })};
        command.status = !command.groups.empty() && one_in(2);
        return command;
    }
    Fetch fetch() {
        Fetch fetch;
        fetch.kind = kind();
        fetch.numbers = set();
        fetch.items = several(1, [&] { return fetch_item(); });
        if (one_in(2)) fetch.changed_since = ModSeq{number()};
        if (fetch.kind == NumberKind::uid && one_in(2)) fetch.partial = partial();
        return fetch;
    }
    CommandBody body() {
        const auto maybe = [&](auto make) {
            return one_in(2) ? std::optional(make()) : std::nullopt;
        };
        switch (below(42)) {
            case 0:
                return Capability{};
            case 1:
                return Noop{};
            case 2:
                return Logout{};
            case 3:
                return StartTls{};
            case 4:
                return Authenticate{word(),
                                    maybe([&] { return octets() + std::string(below(3), '\0'); })};
            case 5:
                return Login{octets(), octets()};
            case 6:
                return Enable{several(1, [&] { return word(); })};
            case 7:
                return Id{several(
                    0, [&] { return std::pair(octets(), maybe([&] { return octets(); })); })};
            case 8:
                return Namespace{};
            case 9:
                return Select{.mailbox = name(),
                              .examine = one_in(2),
                              .condstore = one_in(2),
                              .parameters = several(0, [&] { return "P" + word(); }),
                              .resync = maybe([&] {
                                  return Resync{UidValidity{number()}, ModSeq{number()},
                                                maybe([&] { return set(); })};
                              })};
            case 10:
                return Unselect{};
            case 11:
                return Close{};
            case 12:
                return Check{};
            case 13:
                return Expunge{maybe([&] { return set(); })};
            case 14:
                return Idle{};
            case 15:
                return list();
            case 16:
                return Status{name(), several(1, [&] { return status_item(); })};
            case 17:
                return Subscribe{name()};
            case 18:
                return Unsubscribe{name()};
            case 19:
                return Create{name(), several(0, [&] { return flag(); })};
            case 20:
                return Delete{name()};
            case 21:
                return Rename{name(), name()};
            case 22:
                return Append{name(), several(1, [&] {
                                  return Append::Message{several(0, [&] { return flag(); }),
                                                         maybe([&] { return time(); }),
                                                         octets() + std::string(below(3), '\0')};
                              })};
            case 23:
                return Store{kind(),
                             set(),
                             std::string(1, "+-"[below(2)]) + "FLAGS",
                             several(0, [&] { return flag(); }),
                             one_in(2),
                             maybe([&] { return ModSeq{number()}; })};
            case 24:
                return Copy{kind(), set(), name(), one_in(2)};
            case 25:
                return fetch();
            case 26:
                return Sort{sorting(), several(1, [&] { return sort_key(); })};
            case 27:
                return thread();
            case 28:
                return multi_search();
            case 29:
                return CancelUpdate{several(1, [&] { return octets(); })};
            case 30:
                return Compress{};
            case 31:
                return notify();
            case 32:
                return SetAcl{name(), octets(), "+- "[below(3)], "R" + word()};
            case 33:
                return DeleteAcl{name(), octets()};
            case 34:
                return GetAcl{name()};
            case 35:
                return ListRights{name(), octets()};
            case 36:
                return MyRights{name()};
            case 37:
                return GetMetadata{name(), several(1, [&] { return octets(); }),
                                   maybe([&] { return std::uint64_t{number()}; }),
                                   static_cast<GetMetadata::Depth>(below(3))};
            case 38:
                return SetMetadata{name(), several(1, [&] {
                                       return std::pair(octets(), maybe([&] {
                                                            return octets() +
                                                                   std::string(below(2), '\0');
                                                        }));
                                   })};
            case 39:
                return GetQuota{octets()};
            case 40:
                return GetQuotaRoot{name()};
            default:
                return search();
        }
    }

  private:
    std::mt19937 random_{20'250'101};
};

}  // namespace

TEST_CASE("random commands survive writing, framing and parsing") {
    Generator generator;
    for (int round = 0; round < 20'000; ++round) {
        const Command command{"T" + std::to_string(round), generator.body()};
        for (const auto form : {LiteralForm::synchronising, LiteralForm::non_synchronising}) {
            std::string stream;
            const auto pieces = write_command(command, form);
            for (const auto& piece : pieces) stream += piece;
            INFO(stream);
            const auto events =
                command_events(stream, round % 8 == 0 ? Feed::octet_by_octet : Feed::whole);
            REQUIRE(events.size() == pieces.size());
            const auto parsed = parse_command(
                std::string_view(events.back()).substr(std::string_view("command ").size()));
            if (!parsed) FAIL(parsed.error().text);
            REQUIRE(*parsed == command);
        }
    }
}

TEST_CASE("random octets never crash a parser") {
    std::mt19937 random(3);
    const std::string_view starts[] = {"A ", "A SEARCH ",   "A FETCH 1 (", "A LIST ",
                                       "* ", "* 1 FETCH (", "* OK [",      "* STATUS x ("};
    constexpr std::string_view likely = "()[]{}\"\\ *%+~<>.,:19AZ\r\n";
    for (int round = 0; round < 50'000; ++round) {
        std::string text(starts[random() % std::size(starts)]);
        for (auto length = random() % 40; length > 0; --length)
            text += random() % 4 == 0 ? static_cast<char>(random() % 256)
                                      : likely[random() % likely.size()];
        static_cast<void>(parse_response(text));
        if (const auto command = parse_command(text))
            CHECK(parse_command(written(command)) == command);
    }
}

}  // namespace mailhold::imap::wire
