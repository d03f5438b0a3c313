#include "tests/model/play.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "imap/server/dispatch.hpp"
#include "tests/model/broken.hpp"
#include "tests/model/client.hpp"

namespace mailhold::model {
namespace {

using namespace imap::server;
namespace wire = imap::wire;

constexpr std::size_t most_steps = 10'000;   // for one line of a script
constexpr std::size_t most_said = 64 << 10;  // octets that are kept to be told of

// How the server stands to one client, and what the client makes of it.
struct Side {
    Side(Place& place, std::string_view forbidden)
        : session(*place.backend, {.tls = true}), client(forbidden) {}
    Session session;
    Client client;
    int tags = 0;
    bool closed = false;
    std::string user;
};

class Stage {
  public:
    Stage() : truth_(place_) {
        for (std::size_t i = 0; i < sides_.size(); ++i) {
            sides_[i] = std::make_unique<Side>(place_, i == 3 ? secret : std::string_view());
            run(*sides_[i]);
        }
        truth_.look(Truth::By::client);
    }

    void line(std::string_view line) {
        said_ += fmt::format("> {}\n", line);
        if (said_.size() > most_said) said_.erase(0, said_.size() / 2);
        if (line.starts_with("0 ")) return origin(line.substr(2));
        if (line.size() < 2 || line[0] < '1' || line[0] > '4') return;
        client(*sides_[static_cast<std::size_t>(line[0] - '1')], line[1], line.substr(2),
               line[0] == '4');
    }

    const std::string& said() const { return said_; }

  private:
    void origin(std::string_view what) {
        if (what == "personal") place_.backend->personal_flags = true;
        place_.origin(what);
        wake();
        truth_.look(Truth::By::origin);
    }

    void client(Side& side, char how, std::string_view text, bool is_mallory) {
        if (side.closed) return;
        auto octets = this->octets(side, how, text);
        if (!is_harmless(octets, is_mallory)) return;
        const auto before = stored_in(side);
        const auto answers = side.client.answers();
        side.client.sent(octets);
        side.session.feed(octets);
        run(side);
        truth_.look(Truth::By::client);
        if (side.client.answers() == answers + 1) check_answer(side, before);
        wake();
    }

    static std::string octets(Side& side, char how, std::string_view text) {
        std::string octets;
        if (how == ' ') octets = fmt::format("A{} ", ++side.tags);
        for (const char c : text) octets.append(c == '|' ? "\r\n" : std::string(1, c));
        if (how == ' ' && text.ends_with('$')) {
            const auto space = text.rfind(' ');
            octets.pop_back();
            octets += side.client.resync(std::string(
                text.substr(space + 1, text.size() - std::min(text.size(), space + 2))));
        }
        if (how != '=') octets += "\r\n";
        return octets;
    }

    // Only who logs in as mallory is forbidden anything, and nobody may allow it to him.
    static bool is_harmless(std::string_view octets, bool is_mallory) {
        std::string lower(octets);
        for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
        if (is_mallory)
            return !lower.contains("alice") && !lower.contains("bob") && !octets.contains(secret) &&
                   !lower.contains("authenticate");
        return !lower.contains("mallory") && !lower.contains("anyone");
    }

    void wake() {
        for (const auto& side : sides_) {
            if (side->closed) continue;
            side->session.look();
            run(*side);
        }
    }

    void run(Side& side) {
        Next next = Next::again;
        for (std::size_t steps = 0; next == Next::again; ++steps) {
            demand(steps < most_steps, "it comes to no end");
            Output out;
            next = side.session.step(out);
            while (!out.empty()) {
                for (const auto piece : out.front(100'000)) {
                    if (!piece.contains("[CAPABILITY")) said_ += piece;
                    side.client.received(piece);
                }
                out.drop(100'000);
            }
            if (next == Next::search) {
                const auto& wanted = side.session.search();
                side.session.search_result(place_.searcher->search(wanted.query, *wanted.mailbox));
                next = Next::again;
            } else if (next == Next::check_password) {
                check_password(side);
                next = Next::again;
            }
        }
        demand(next == Next::input || next == Next::close, "it wants what was not offered");
        side.closed = next == Next::close;
        demand(!side.closed || side.client.said_bye(), "it hangs up without BYE");
        if (side.closed) return side.session.ended();
        side.client.quiet();
        compare(side);
    }

    void check_password(Side& side) {
        const auto& given = side.session.credentials();
        const auto user = std::ranges::find_if(place_.users, [&](const User& each) {
            return each.name == given.user && each.password_hash == given.password &&
                   given.how == Credentials::How::password;
        });
        const bool accepted = user != place_.users.end();
        side.session.login_result(accepted ? LoginResult::accepted : LoginResult::refused,
                                  accepted ? &*user : nullptr);
    }

    // As its user sees it; none where that is not for the model to say: of what a search finds.
    Snapshot stored_in(const Side& side) {
        const auto mailbox = side.session.selected();
        const auto& opened = side.client.opened();
        const bool searches = opened && opened->name.starts_with("Searches");
        if (!mailbox || searches || !side.session.logged_in()) return nullptr;
        const auto& user = side.session.user();
        const bool personal = place_.backend->personal_flags;
        if (*mailbox == everything_id) {
            const auto all = place_.cache->everything.of(user, personal);
            return all ? Snapshot(*all, &(*all)->view) : nullptr;
        }
        const auto stored = personal ? place_.cache->snapshot(*mailbox, user.name)
                                     : place_.cache->snapshot(*mailbox);
        return stored ? *stored : nullptr;
    }

    // Once everything may have been told, the client knows what is there, and nothing else.
    void compare(const Side& side) {
        const auto& opened = side.client.opened();
        const auto& last = side.client.answered();
        const auto hears = side.client.hears();
        const bool now = side.client.idles() || hears == Client::Hears::at_once;
        const bool told_all =
            now || (last.command && rule_of(*last.command).updates == Updates::all);
        if (!opened || !told_all || side.client.sees_no_numbers()) return;
        if (hears == Client::Hears::less) return;
        if (side.client.answers() == compared_[&side] && !now) return;
        compared_[&side] = side.client.answers();
        const auto stored = stored_in(side);
        if (!stored) return;
        demand(stored->entries.size() == opened->messages.size(),
               fmt::format("the client knows of {} messages, and there are {}",
                           opened->messages.size(), stored->entries.size()));
        for (std::size_t i = 0; i < stored->entries.size(); ++i) {
            const auto& entry = stored->entries[i];
            const auto& known = opened->messages[i];
            demand(known.uid.value_or(entry.uid) == entry.uid,
                   fmt::format("the client takes message {} for another", i + 1));
            demand(!known.flags || *known.flags == flags_in(stored->flags_of(entry)),
                   fmt::format("the client knows other flags of message {}", i + 1));
        }
    }

    void check_answer(const Side& side, const Snapshot& before) {
        const auto& [command, answer] = side.client.answered();
        if (!command || answer.condition != wire::Condition::ok) return;
        const auto after = stored_in(side);
        if (const auto* store = std::get_if<wire::Store>(&*command); store && before && after)
            check_store(side, *store, answer, *before, *after);
        if (const auto& resynced = side.client.resynced(); resynced && after) {
            std::map<Uid, Flags> there;
            for (const auto& entry : after->entries)
                there[entry.uid] = flags_in(after->flags_of(entry));
            demand(there == resynced->messages, "QRESYNC does not tell all");
        }
        const auto* select = std::get_if<wire::Select>(&*command);
        if (!select || !after) return;
        const auto& told = *side.client.opened();
        demand(told.uidnext == after->mailbox.uidnext, "SELECT tells another UIDNEXT");
        demand(told.highest == after->mailbox.highest_modseq, "SELECT tells another HIGHESTMODSEQ");
    }

    // Nothing but what was named has changed, and that as it was asked for.
    void check_store(const Side& side, const wire::Store& store, const wire::StatusResponse& answer,
                     const store::MailboxSnapshot& before, const store::MailboxSnapshot& after) {
        const bool named_plainly = std::ranges::none_of(store.numbers, [](const auto& range) {
            return range.first == wire::star || range.second == wire::star || range.first == 0;
        });
        if (!named_plainly || store.kind != wire::NumberKind::uid || !side.client.opened()) return;
        const bool full = before.mailbox.kind == store::MailboxKind::workspace &&
                          before.mailbox.owner == side.session.user().name &&
                          !(answer.code && answer.code->name == "MODIFIED");
        const auto named = resolve(store.numbers, store.kind, before);
        const auto asked = flags_in(store.flags);
        for (const auto& entry : before.entries) {
            const auto now = std::ranges::find(after.entries, entry.uid, &store::Entry::uid);
            if (now == after.entries.end()) continue;
            const auto was = flags_in(before.flags_of(entry)), is = flags_in(after.flags_of(*now));
            const auto what = fmt::format("STORE, UID {}", number(entry.uid));
            if (!contains(named, number(entry.uid))) {
                demand(was == is, what + " was not named, and changed");
                continue;
            }
            auto wanted = store.item.front() == 'F' ? Flags() : was;
            for (const auto& flag : asked) {
                if (store.item.front() == '-')
                    wanted.erase(flag);
                else
                    wanted.insert(flag);
            }
            const bool is_known =
                std::ranges::find(side.client.opened()->messages, std::optional(entry.uid),
                                  &Opened::Message::uid) != side.client.opened()->messages.end();
            demand(!full || !is_known || is == wanted, what + " was not stored as asked");
            for (const auto& flag : is)
                demand(was.contains(flag) || wanted.contains(flag),
                       what + " has what nobody asked");
        }
    }

    Place place_;
    Truth truth_;
    std::array<std::unique_ptr<Side>, 4> sides_;
    std::map<const Side*, std::size_t> compared_;
    std::string said_;
};

}  // namespace

void play(std::string_view script) {
    Stage stage;
    try {
        for (std::size_t lines = 0; !script.empty() && lines < most_lines; ++lines) {
            const auto end = std::min(script.find('\n'), script.size());
            stage.line(script.substr(0, end));
            script.remove_prefix(std::min(end + 1, script.size()));
        }
    } catch (const Broken& broken) {
        throw Broken(fmt::format("{}\n{}", stage.said(), broken.what()));
    }
}

}  // namespace mailhold::model
