// Origin: reads with the server's half of the grammar, answers a line at a time so that it can be
// cut anywhere.
#include "tests/unit/sync/origin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <utility>

#include "imap/sync/listing.hpp"
#include "imap/wire/characters.hpp"
#include "imap/wire/cursor.hpp"
#include "imap/wire/encode.hpp"
#include "imap/wire/framer.hpp"
#include "imap/wire/utf7.hpp"

namespace mailhold::imap::sync {

struct Origin::Session {
    Session(Origin& the_origin, net::Stream the_stream)
        : origin(the_origin), state(origin.state_), stream(std::move(the_stream)) {}

    Origin& origin;
    OriginState& state;
    net::Stream stream;
    wire::CommandFramer framer;
    std::string mailbox;
    std::string idle_tag;
    bool qresync = false;
    bool uidonly = false;           // RFC 9586
    bool utf8 = !has("IMAP4rev1");  // RFC 6855, RFC 9051: names, and headers as they are
    bool notified = false;
    std::string foreign;                        // items of X-GM-EXT-1 that the command asks for
    std::map<std::string, std::uint64_t> told;  // MODSEQ of each mailbox, as the client was told
    std::vector<std::uint32_t> view;            // UIDs, by sequence number, as the client was told
    bool open = true;
    bool mute = false;
    bool writing = false;
    std::string waiting;

    // Of a mailbox, whose key is modified UTF-7.
    std::string shown(const std::string& name) const {
        return wire::astring_text(utf8 ? wire::decode_mailbox_name(name) : name);
    }
    const std::string& octets_of(const OriginMessage& message) const {
        return message.downgraded && !utf8 ? *message.downgraded : message.octets;
    }

    OriginMailbox& selected() { return state.mailboxes[mailbox]; }

    bool has(std::string_view capability) const {
        return (" " + state.capabilities + " ").contains(fmt::format(" {} ", capability));
    }
    bool condstore() { return has("CONDSTORE") && !selected().nomodseq; }

    net::awaitable<void> say(std::string text) {
        const bool cut = open && ++state.writes == state.cut_at;
        if (cut) text.resize(text.size() / 2);
        if (!mute) waiting += text;
        while (open && !writing && !waiting.empty()) {
            writing = true;
            const auto now = std::exchange(waiting, {});
            std::vector<std::string_view> pieces{now};
            const auto written =
                co_await stream.write(std::move(pieces), net::in(std::chrono::seconds(10)));
            writing = false;
            if (!written) hang_up();
        }
        if (cut && state.stalls) mute = true;
        if (cut && !state.stalls) hang_up();
    }
    void hang_up() {
        open = false;
        stream.close();
    }

    // In the order of the sequence numbers, or against it.
    std::vector<std::uint32_t> matching(const wire::SequenceSet& set) {
        std::vector<std::uint32_t> uids;
        const auto& messages = selected().messages;
        const auto last = messages.empty() ? 0 : messages.rbegin()->first;
        for (const auto& [uid, message] : messages) {
            for (auto [a, b] : set) {
                a = a == wire::star ? last : a;
                b = b == wire::star ? last : b;
                if (uid >= std::min(a, b) && uid <= std::max(a, b)) {
                    uids.push_back(uid);
                    break;
                }
            }
        }
        if (state.reversed) std::ranges::reverse(uids);
        return uids;
    }

    std::size_t sequence(std::uint32_t uid) const {
        return static_cast<std::size_t>(std::ranges::find(view, uid) - view.begin()) + 1;
    }

    // What was expunged and came since the client was told last (RFC 3501 5.5, RFC 7162 3.2.10).
    net::awaitable<void> catch_up() {
        const auto& messages = selected().messages;
        for (auto one = view.begin(); one != view.end();) {
            if (messages.contains(*one)) {
                ++one;
                continue;
            }
            const auto uid = *one;
            const auto at = sequence(uid);
            one = view.erase(one);
            co_await say(qresync || uidonly ? fmt::format("* VANISHED {}\r\n", uid)
                                            : fmt::format("* {} EXPUNGE\r\n", at));
        }
        if (view.size() == messages.size()) co_return;
        view.clear();
        for (const auto& [uid, message] : messages) view.push_back(uid);
        co_await say(fmt::format("* {} EXISTS\r\n", view.size()));
    }

    // The items of one message; `uid` is still there.
    std::string items_text(const wire::Fetch& command, std::uint32_t uid) {
        using Kind = wire::FetchItem::Kind;
        auto& message = selected().messages[uid];
        auto text = fmt::format("UID {}", uid);
        const auto id =
            message.gmail_id != 0 ? message.gmail_id : std::hash<std::string>{}(message.octets) | 1;
        if (foreign.contains("X-GM-MSGID")) text += fmt::format(" X-GM-MSGID {}", id);
        if (foreign.contains("X-GM-THRID")) text += " X-GM-THRID 7";
        if (foreign.contains("X-GM-LABELS")) text += " X-GM-LABELS (" + message.labels + ")";
        for (const auto& item : command.items) {
            if (item.kind == Kind::flags) text += " FLAGS " + wire::flag_list_text(message.flags);
            if (item.kind == Kind::internal_date && state.dates) {
                const ZonedSeconds date{
                    UtcSeconds(std::chrono::seconds(1'000'000'000 + uid) + state.later), 60};
                text += " INTERNALDATE " + wire::date_time_text(date);
            }
            if (item.kind == Kind::rfc822_size)
                text += fmt::format(" RFC822.SIZE {}",
                                    message.said_size.value_or(octets_of(message).size()));
            if (item.kind == Kind::email_id && !message.email_id.empty())
                text += fmt::format(" EMAILID ({})", message.email_id);
            if (item.kind == Kind::save_date)
                text +=
                    message.saved
                        ? " SAVEDATE " + wire::date_time_text(
                                             {UtcSeconds(std::chrono::seconds(*message.saved)), 60})
                        : " SAVEDATE NIL";
            if (item.kind != Kind::section) continue;
            if (state.nil.contains(uid)) {
                text += " BODY[] NIL";
                continue;
            }
            ++state.bodies;
            auto octets = octets_of(message);
            if (state.short_.erase(uid) > 0) octets.resize(octets.size() / 2);
            if (state.empty.contains(uid)) octets.clear();
            std::string from;
            if (item.partial) {
                from = fmt::format("<{}>", item.partial->offset);
                octets = octets.substr(std::min<std::size_t>(item.partial->offset, octets.size()),
                                       item.partial->size);
                if (state.no_slices) octets.clear();
                auto& left = state.slices_until_cut;
                if (left && (*left)-- == 0) {
                    left.reset();
                    state.cut_at = state.writes + 1;
                }
            }
            state.octets_sent += octets.size();
            text += fmt::format(" BODY[]{} {{{}}}\r\n{}", from, octets.size(), octets);
        }
        if (condstore()) text += fmt::format(" MODSEQ ({})", message.modseq);
        return text;
    }

    net::awaitable<void> fetch(const std::string& tag, const wire::Fetch& command, bool vanished) {
        ++state.fetches;
        const bool octets = command.items.back().kind == wire::FetchItem::Kind::section;
        if (octets && state.on_fetch) std::exchange(state.on_fetch, {})(state);
        const auto since = number(command.changed_since.value_or(ModSeq{}));
        if (vanished && !state.forgets_vanished) {
            std::vector<std::uint32_t> gone;
            for (const auto& [uid, modseq] : selected().vanished)
                if (modseq > since) gone.push_back(uid);
            if (!gone.empty())
                co_await say(
                    fmt::format("* VANISHED (EARLIER) {}\r\n", wire::set_text(wire::set_of(gone))));
        }
        bool refused = false;
        for (const auto uid : matching(command.numbers)) {
            const auto& messages = selected().messages;
            const auto found = messages.find(uid);
            if (found == messages.end() || found->second.modseq <= since) continue;
            const auto at = sequence(uid);
            if (state.chatter && uidonly) {
                co_await say(fmt::format(
                    "* {} UIDFETCH (FLAGS {})\r\n"
                    "* 999 UIDFETCH (BODY[] \"not asked for\")\r\n",
                    messages.begin()->first, wire::flag_list_text(messages.begin()->second.flags)));
            } else if (state.chatter) {
                const auto first = messages.begin()->first;
                co_await say(
                    fmt::format("* {} FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID {} FLAGS {})\r\n"
                                "* 9 FETCH (UID 999 BODY[] \"not asked for\")\r\n",
                                at, first, wire::flag_list_text(messages.begin()->second.flags)));
            }
            if (octets && state.poison.contains(uid)) hang_up();
            if (octets && state.refused.contains(uid)) {
                refused = true;
                continue;
            }
            const bool garbled = !octets && state.garbled > 0;
            if (garbled) --state.garbled;
            auto items = items_text(command, uid);
            if (uidonly) items.erase(0, items.find(' ', items.find(' ') + 1) + 1);  // UID
            const auto name =
                uidonly ? fmt::format("{} UIDFETCH", uid) : fmt::format("{} FETCH", at);
            co_await say(fmt::format("* {} ({}{}\r\n", name, items, garbled ? "" : ")"));
        }
        co_await catch_up();
        co_await say(tag + (refused ? " NO some could not be read\r\n" : " OK\r\n"));
    }

    net::awaitable<void> search(const std::string& tag, const wire::Search& command) {
        const auto& key = command.key.children.empty() ? command.key : command.key.children.front();
        const bool all = key.kind == wire::SearchKey::Kind::all;
        const auto uids = matching(all ? wire::SequenceSet{{1, wire::star}} : key.numbers);
        std::string flood;
        for (std::uint32_t uid = 1; uid <= state.flood; ++uid)
            flood += fmt::format("* 1 FETCH (UID {} RFC822.SIZE 1)\r\n", uid);
        co_await say(flood);
        std::string text = "* SEARCH";
        for (const auto uid : uids) text += fmt::format(" {}", uid);
        if (command.extended) {
            text = fmt::format("* ESEARCH (TAG \"{}\") UID", tag);
            if (!uids.empty()) text += " ALL " + wire::set_text(wire::set_of(uids));
        }
        co_await say(text + "\r\n");
        co_await catch_up();
        co_await say(tag + " OK\r\n");
    }

    // The name in a command's first argument, as it was written.
    std::string name_in(const std::string& command) const {
        wire::Cursor in(command, wire::Cursor::From::client);
        in.take_while([](char c) { return c != ' '; });
        in.space();
        in.keyword("a command");
        in.space();
        const auto octets = in.mailbox_octets();
        return utf8 ? wire::to_modified_utf7(octets) : octets;
    }

    net::awaitable<void> examine(const std::string& tag, const wire::Select& command,
                                 std::string name) {
        if (!command.examine) state.changes += "SELECT ";
        mailbox = std::move(name);
        state.examined.push_back(mailbox);
        if (!state.mailboxes.contains(mailbox)) {
            co_await say(tag + " NO no such mailbox\r\n");
            co_return;
        }
        view.clear();
        for (const auto& [uid, message] : selected().messages) view.push_back(uid);
        co_await say(fmt::format("* {} EXISTS\r\n", view.size()));
        co_await say(fmt::format("* OK [UIDVALIDITY {}] as it is\r\n", selected().uidvalidity));
        const auto uidnext = selected().shown_uidnext.value_or(selected().uidnext);
        if (uidnext > 0) co_await say(fmt::format("* OK [UIDNEXT {}] next\r\n", uidnext));
        if (condstore()) {
            co_await say(fmt::format("* OK [HIGHESTMODSEQ {}] last\r\n", selected().modseq));
        } else if (has("CONDSTORE")) {
            co_await say("* OK [NOMODSEQ] none\r\n");
        }
        if (!selected().mailbox_id.empty())
            co_await say(fmt::format("* OK [MAILBOXID ({})] Ok\r\n", selected().mailbox_id));
        co_await say(tag + " OK [READ-ONLY]\r\n");
    }

    net::awaitable<void> list(const std::string& tag, const std::string& pattern) {
        for (const auto& [name, box] : state.mailboxes) {
            if (pattern == "*" ? state.unlisted.contains(name) : !matches(pattern, name, "/"))
                continue;
            co_await say(fmt::format("* LIST ({}) \"/\" {}\r\n", box.attributes, shown(name)));
        }
        if (!state.listed_badly.empty()) co_await say(state.listed_badly + "\r\n");
        co_await say(tag + " OK\r\n");
    }

    net::awaitable<void> status(const std::string& tag, const std::string& command) {
        const auto name = name_in(command);
        const auto found = state.mailboxes.find(name);
        if (found == state.mailboxes.end()) {
            co_await say(tag + " NO no such mailbox\r\n");
            co_return;
        }
        const auto& box = found->second;
        const auto uidnext = box.shown_uidnext.value_or(box.uidnext);
        auto items =
            fmt::format("MESSAGES {} UIDVALIDITY {}", box.messages.size(), box.uidvalidity);
        if (uidnext > 0) items += fmt::format(" UIDNEXT {}", uidnext);
        if (has("CONDSTORE"))
            items += fmt::format(" HIGHESTMODSEQ {}", box.nomodseq ? 0 : box.modseq);
        if (command.contains("MAILBOXID")) items += " MAILBOXID (}>q\n\x94U)";  // so does Cyrus 3.6
        co_await say(fmt::format("* STATUS {} ({})\r\n", shown(name), items));
        co_await say(tag + " OK\r\n");
    }

    net::awaitable<void> tell() {
        if (!idle_tag.empty() && !mailbox.empty()) co_await catch_up();
        if (notified) co_await tell_of_others();
    }

    std::map<std::string, std::uint64_t> all_modseqs() const {
        std::map<std::string, std::uint64_t> all;
        for (const auto& [name, box] : state.mailboxes) all[name] = box.modseq;
        return all;
    }
    // RFC 5465 5.2, 5.4: at any time, not only within IDLE.
    net::awaitable<void> tell_of_others() {
        const auto before = std::exchange(told, all_modseqs());
        if (before != told && std::exchange(state.overflow, false)) {
            notified = false;
            co_return co_await say("* OK [NOTIFICATIONOVERFLOW] too much\r\n");
        }
        for (const auto& [name, modseq] : before) {
            if (!told.contains(name))
                co_await say(fmt::format("* LIST (\\NonExistent) \"/\" {}\r\n", name));
        }
        for (const auto& [name, modseq] : std::map(told)) {
            const auto known = before.find(name);
            if (known == before.end()) co_await say(fmt::format("* LIST () \"/\" {}\r\n", name));
            if ((known != before.end() && known->second == modseq) || name == mailbox) continue;
            const auto& box = state.mailboxes[name];
            co_await say(fmt::format("* STATUS {} (UIDNEXT {} MESSAGES {})\r\n", name, box.uidnext,
                                     box.messages.size()));
        }
    }
    net::awaitable<void> notify(const std::string& tag, const wire::Notify& command) {
        if (state.dies_of_notify) co_return hang_up();
        for (const auto& group : command.groups) {
            for (const auto& event : group.events) {
                if (state.unknown_events.contains(event))
                    co_return co_await say(tag + " NO [BADEVENT (MessageNew)] unknown\r\n");
            }
        }
        notified = true;
        ++state.notifies;
        told = all_modseqs();
        co_await say(tag + " OK\r\n");
    }

    static bool has_message_numbers(const wire::Command& command) {
        if (const auto* fetch = std::get_if<wire::Fetch>(&command.body))
            return fetch->kind == wire::NumberKind::sequence;
        const auto* search = std::get_if<wire::Search>(&command.body);
        return search != nullptr && search->kind == wire::NumberKind::sequence;
    }

    net::awaitable<void> answer(const wire::Command& command, const std::string& octets) {
        const auto& tag = command.tag;
        const auto name = wire::name_of(command.body);
        if (uidonly && has_message_numbers(command)) {
            state.changes += "message numbers ";
            co_return co_await say(tag + " BAD [UIDREQUIRED] UIDs only\r\n");
        }
        if (state.denied.contains(name)) co_return co_await say(tag + " NO not now\r\n");
        if (const auto* one = std::get_if<wire::Fetch>(&command.body))
            co_return co_await fetch(tag, *one, octets.contains(" VANISHED)"));
        if (const auto* one = std::get_if<wire::Search>(&command.body))
            co_return co_await search(tag, *one);
        if (const auto* one = std::get_if<wire::Select>(&command.body))
            co_return co_await examine(tag, *one, name_in(octets));
        if (std::holds_alternative<wire::Status>(command.body))
            co_return co_await status(tag, octets);
        if (const auto* one = std::get_if<wire::Notify>(&command.body))
            co_return co_await notify(tag, *one);
        if (name == "UNSELECT") mailbox.clear();
        if (const auto* one = std::get_if<wire::List>(&command.body))
            co_return co_await list(tag, one->patterns.front());
        if (name == "NAMESPACE") co_await say("* NAMESPACE " + state.namespaces + "\r\n");
        if (name == "IDLE") {
            idle_tag = tag;
            ++state.idling;
            co_await say("+ idling\r\n");
            co_return co_await tell();
        }
        if (name == "LOGOUT") {
            ++state.logouts;
            if (state.deaf) co_return;
            co_await say("* BYE until next time\r\n");
        }
        if (name == "CAPABILITY") co_await say("* CAPABILITY " + state.capabilities + "\r\n");
        if (name == "ENABLE") {
            qresync = octets.contains(" QRESYNC") && has("QRESYNC");
            uidonly = octets.contains(" UIDONLY") && has("UIDONLY");
            std::string enabled;
            for (const std::string one : {"QRESYNC", "UIDONLY", "UTF8=ACCEPT", "IMAP4rev2"})
                if (octets.contains(" " + wire::upper(one)) && has(one)) enabled += " " + one;
            utf8 = enabled.contains("UTF8") || enabled.contains("rev2");
            co_await say("* ENABLED" + enabled + "\r\n");
        }
        static const std::set<std::string> harmless{"CAPABILITY", "LOGIN", "NOOP",   "ENABLE",
                                                    "UNSELECT",   "ID",    "LOGOUT", "NAMESPACE"};
        if (!harmless.contains(name)) state.changes += name + " ";
        co_await say(tag + " OK\r\n");
    }
};

Origin::Origin() : executor_(runtime_.next_executor()) {
    listener_ = std::move(*net::Listener::bind(executor_, "127.0.0.1", 0));
    runtime_.spawn("origin", executor_, listen());
}

// On its own thread, which does nothing after it: a session that is just ending would otherwise leave the set while the
// set is destroyed.
Origin::~Origin() {
    std::promise<void> done;
    boost::asio::post(executor_, [&] {
        listener_->close();
        sessions_.clear();
        runtime_.stop();
        done.set_value();
    });
    done.get_future().wait();
}

Account Origin::account() const {
    Account account;
    account.name = "alice";
    account.url = "imap+insecure://alice@localhost";
    account.host = "127.0.0.1";
    account.port = listener_->port();
    account.security = Security::none;
    account.login.user = "alice";
    account.login.secret = []() -> Result<std::string> { return "secret"; };
    account.connections = 1;
    account.timeout = std::chrono::seconds(10);
    return account;
}

net::awaitable<void> Origin::listen() {
    while (true) {
        auto stream = co_await listener_->accept(executor_);
        if (!stream) co_return;
        runtime_.spawn("origin.session", executor_,
                       serve(std::make_shared<Session>(*this, std::move(*stream))));
    }
}

net::awaitable<void> Origin::tell(std::shared_ptr<Session> session) {
    co_await session->tell();
}

net::awaitable<void> Origin::serve(std::shared_ptr<Session> session) {
    sessions_.insert(session);
    ++state_.sessions;
    co_await session->say("* OK ready\r\n");
    while (session->open) {
        auto event =
            session->idle_tag.empty() ? session->framer.next() : session->framer.next_line();
        if (const auto* command = std::get_if<wire::CommandFramer::Command>(&event)) {
            if (!session->idle_tag.empty()) {
                if (state_.deaf) continue;
                --state_.idling;
                co_await session->say(std::exchange(session->idle_tag, {}) + " OK\r\n");
                continue;
            }
            // The parser is that of our own server, which promises no QRESYNC.
            auto octets = command->octets;
            const auto vanished = octets.find(" VANISHED)");
            if (vanished != octets.npos) octets.erase(vanished, 9);
            session->foreign.clear();
            for (const std::string item : {"X-GM-MSGID ", "X-GM-THRID ", "X-GM-LABELS "}) {
                const auto place = octets.find(item);
                if (place == octets.npos) continue;
                octets.erase(place, item.size());
                session->foreign += item;
            }
            const auto parsed = wire::parse_command(octets);
            if (parsed) {
                co_await session->answer(*parsed, command->octets);
            } else {
                state_.changes += "unreadable: " + parsed.error().text + " ";
                co_await session->say(parsed.error().tag + " BAD\r\n");
            }
            continue;
        }
        auto octets = co_await session->stream.read_some(net::in(std::chrono::seconds(60)));
        if (!octets || octets->empty()) break;
        session->framer.feed(*octets);
    }
    if (!session->idle_tag.empty()) --state_.idling;
    sessions_.erase(session);
}

void Origin::with(const std::function<void(OriginState&)>& action) {
    std::promise<void> done;
    boost::asio::post(executor_, [&] {
        action(state_);
        for (const auto& session : sessions_) {
            runtime_.spawn("origin.tell", executor_, tell(session));
        }
        done.set_value();
    });
    done.get_future().wait();
}

}  // namespace mailhold::imap::sync
