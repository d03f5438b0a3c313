// FETCH and UID FETCH (RFC 3501 6.4.5; SAVEDATE, EMAILID, THREADID and PREVIEW of RFC 8514, 8474 and
// 8970; BINARY of RFC 3516; PARTIAL of RFC 9394; CHANGEDSINCE and VANISHED of RFC 7162). A cursor over the messages asked for gives the answer in
// bounded parts.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "imap/server/accesses.hpp"
#include "imap/server/commands/commands.hpp"
#include "imap/server/commands/limit.hpp"
#include "imap/server/mailbox/messages_ahead.hpp"
#include "imap/server/mailbox/object_ids.hpp"
#include "imap/server/mailbox/rows_ahead.hpp"
#include "imap/server/search/command.hpp"
#include "imap/wire/encode.hpp"
#include "imap/wire/fetch_items.hpp"
#include "indexer/mime/section.hpp"
#include "indexer/text/readable.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {
namespace {

namespace mime = indexer::mime;
using Kind = wire::FetchItem::Kind;

// One part ends, between two items, once it has so much output or looked at so many octets for it.
constexpr std::size_t part_octets = 512 << 10;
constexpr std::size_t part_reading = 4 << 20;

bool is_summary(Kind kind) {
    return kind == Kind::envelope || kind == Kind::body || kind == Kind::body_structure;
}
bool is_decoded(Kind kind) {
    return kind == Kind::binary || kind == Kind::binary_size;
}
bool needs_octets(Kind kind) {
    return kind == Kind::section || kind == Kind::rfc822 || kind == Kind::rfc822_header ||
           kind == Kind::rfc822_text || kind == Kind::preview || is_decoded(kind);
}
bool needs_record(Kind kind) {
    return kind == Kind::save_date || kind == Kind::email_id || kind == Kind::thread_id;
}
bool reads_it(const wire::FetchItem& item) {  // RFC 3501 6.4.5
    return ((item.kind == Kind::section || item.kind == Kind::binary) && !item.peek) ||
           item.kind == Kind::rfc822 || item.kind == Kind::rfc822_text;
}
bool any_item(const wire::Fetch& command, bool (*test)(Kind)) {
    return std::ranges::any_of(command.items, test, &wire::FetchItem::kind);
}

class Cursor {
  public:
    Cursor(State& state, const wire::Fetch& command, Answer done)
        : state_(state),
          done_(std::move(done)),
          snapshot_(state.selected->snapshot),
          command_(command),
          places_(named_places(state, command.numbers, command.kind)),
          reads_summaries_(any_item(command, is_summary)),
          reads_octets_(any_item(command, needs_octets)),
          decodes_(any_item(command, is_decoded)),
          reads_records_(any_item(command, needs_record)) {
        const auto is_uid = [](const wire::FetchItem& item) { return item.kind == Kind::uid; };
        // RFC 3501 6.4.8: UID FETCH always tells the UID; UIDFETCH does so by itself (RFC 9586 3.3).
        if (command_.kind == wire::NumberKind::uid && !state.enabled.uid_only &&
            std::ranges::none_of(command_.items, is_uid)) {
            command_.items.insert(command_.items.begin(), wire::FetchItem{});
        }
        if (command_.changed_since) {
            if (!any_item(command_, [](Kind kind) { return kind == Kind::modseq; }))
                command_.items.emplace_back().kind = Kind::modseq;  // RFC 7162 3.1.4.1
            std::erase_if(places_, [this](std::uint32_t place) {
                return snapshot_->entries[place].modseq <= *command_.changed_since;
            });
        }
        if (command_.partial) {
            const auto [begin, end] = slice(*command_.partial, places_.size());
            places_.resize(end);
            places_.erase(places_.begin(), places_.begin() + static_cast<std::ptrdiff_t>(begin));
        }
    }

    // RFC 9738 3.1.
    void keep_to_limit() { cut_ = cut(state_, *snapshot_, places_); }
    // RFC 3501 6.4.5: reading sets \\Seen, of what is shown. Told behind the messages: curl takes the first FETCH for
    // its answer.
    void mark_read(Output& out) {
        if (!state_.selected->may('s') || std::ranges::none_of(command_.items, reads_it)) return;
        behind_ = mark_seen(state_, places_, out);
        snapshot_ = state_.selected->snapshot;
    }
    Reply note() const { return note_fetch(state_, command_, places_); }
    // RFC 9738 3.1: the highest come first, so that a client that loses the line knows where it is.
    void begin() {
        if (cut_) std::ranges::reverse(places_);
    }

    Reply next_part(Output& out) {
        const std::size_t before = out.size();
        read_ = 0;
        if (std::exchange(command_.vanished, false)) add_vanished(out);
        for (; next_ < places_.size(); ++next_, next_item_ = 0) {
            const auto is_full = [&] {
                return out.size() - before >= part_octets || read_ >= part_reading;
            };
            if (is_full()) return std::nullopt;
            if (next_item_ == 0 && !begin_message(out)) continue;
            for (; next_item_ < command_.items.size(); ++next_item_) {
                if (next_item_ > 0 && is_full()) return std::nullopt;
                if (next_item_ > 0) out.add(" ");
                add_item(out, command_.items[next_item_]);
            }
            out.add(")\r\n");
        }
        out.add(behind_);
        return cut_short(problem_.value_or(done_), cut_, out);
    }

  private:
    // RFC 7162 3.2.6. What the session still sees is told when its view is brought up to date.
    void add_vanished(Output& out) {
        auto gone = gone_since(*command_.changed_since);
        if (!gone) {
            problem_ = failed(gone.error());
            return;
        }
        const auto wanted =
            resolve(command_.numbers == wire::saved_result ? set_of(state_.selected->saved)
                                                           : command_.numbers,
                    number(snapshot_->mailbox.uidnext) - 1);
        std::erase_if(*gone, [&](Uid uid) {
            return !contains(wanted, number(uid)) ||
                   std::ranges::binary_search(snapshot_->entries, uid, {}, &store::Entry::uid);
        });
        if (gone->empty()) return;
        out.add(fmt::format("* VANISHED (EARLIER) {}\r\n", wire::set_text(set_of(*gone))));
    }

    // Of a search nobody keeps what it does not find any more: it is among all others (RFC 7162 3.2.6
    // allows to tell of UIDs that the client never knew).
    Result<std::vector<Uid>> gone_since(ModSeq since) const {
        const auto& mailbox = snapshot_->mailbox;
        if (mailbox.kind != store::MailboxKind::search)
            return state_.backend.archive.expunged(mailbox.id, since);
        std::vector<Uid> others;
        for (std::uint32_t uid = 1; uid < number(mailbox.uidnext); ++uid)
            others.push_back(Uid{uid});
        return others;
    }

    const store::Entry& entry() const { return snapshot_->entries[places_[next_]]; }

    // False, and nothing added, where the message's bytes cannot be had.
    bool begin_message(Output& out) {
        const store::Entry& entry = this->entry();
        summary_ = reads_summaries_ ? stored_summary() : nullptr;
        const bool reads = (reads_octets_ || (reads_summaries_ && !summary_)) &&
                           (!state_.last_message || state_.last_message->number() != entry.message);
        if ((reads || reads_records_) && !read_record(entry.message)) return false;
        if (reads) {
            auto message =
                messages_.take(state_.backend.archive, state_.backend.pool, records_.from(next_));
            if (!message) {
                note_problem(entry.message, message.error());
                return false;
            }
            read_ += message->octets().size();
            state_.last_message = std::move(*message);
        }
        if (decodes_ && !can_decode()) {
            problem_ = no("UNKNOWN-CTE", "A part is encoded in a way that is not known here");
            return false;
        }
        if (reads_summaries_ && !summary_) {
            parsed_ = summary_of(*state_.last_message);
            summary_ = &parsed_;
        }
        out.add(fetch_begin_text(*snapshot_, places_[next_], state_.enabled.told()));
        return true;
    }

    void add_item(Output& out, const wire::FetchItem& item) {
        const store::Entry& entry = this->entry();
        switch (item.kind) {
            case Kind::uid:
                return out.add(fmt::format("UID {}", number(entry.uid)));
            case Kind::flags:
                return out.add(
                    fmt::format("FLAGS {}", wire::flag_list_text(snapshot_->flags_of(entry))));
            case Kind::internal_date:
                return out.add(
                    fmt::format("INTERNALDATE {}", wire::date_time_text(entry.internal_date)));
            case Kind::rfc822_size:
                return out.add(fmt::format("RFC822.SIZE {}", entry.size));
            case Kind::envelope:
                return out.add("ENVELOPE " + summary_->envelope);
            case Kind::body:
                return out.add("BODY " + summary_->body);
            case Kind::body_structure:
                return out.add("BODYSTRUCTURE " + summary_->body_structure);
            case Kind::modseq:
                return out.add(fmt::format("MODSEQ ({})", number(entry.modseq)));
            case Kind::rfc822:
                return add_section(out, "RFC822", wire::Section::Text::whole);
            case Kind::rfc822_header:
                return add_section(out, "RFC822.HEADER", wire::Section::Text::header);
            case Kind::rfc822_text:
                return add_section(out, "RFC822.TEXT", wire::Section::Text::text);
            // RFC 8514 4.1: when it came into the archive, by our clock.
            case Kind::save_date:
                return out.add(
                    fmt::format("SAVEDATE {}", wire::date_time_text(saved_at(*record_))));
            case Kind::email_id:
                return out.add(fmt::format("EMAILID ({})", email_id(record_->digest)));
            case Kind::thread_id:
                return out.add(fmt::format("THREADID ({})", thread_id(links_, record_->digest)));
            // RFC 8970 3: LAZY may be answered with NIL, but need not.
            case Kind::preview:
                return out.add("PREVIEW " + wire::string_text(preview(*state_.last_message)));
            case Kind::section:
            case Kind::binary:
            case Kind::binary_size:
                break;
        }
        const auto name = wire::section_item_name(item.kind);
        out.add(fmt::format("{}[{}]", name, wire::section_text(item.section)));
        if (item.partial) out.add(fmt::format("<{}>", item.partial->offset));
        out.add(" ");
        const auto form =
            item.kind == Kind::binary ? Message::Form::decoded : Message::Form::encoded;
        read_ += item.kind == Kind::binary_size
                     ? state_.last_message->add_decoded_size(out, item.section)
                     : state_.last_message->add_section(out, form, item.section, item.partial);
    }

    void add_section(Output& out, std::string_view name, wire::Section::Text text) {
        out.add(name);
        out.add(" ");
        wire::Section section;
        section.text = text;
        read_ +=
            state_.last_message->add_section(out, Message::Form::encoded, section, std::nullopt);
    }

    static ZonedSeconds saved_at(const store::StoredMessage& record) {
        return {std::chrono::floor<std::chrono::seconds>(record.archived_at), 0};
    }

    static std::string preview(Message& message) {
        namespace text = indexer::text;
        constexpr std::size_t most = 200;  // characters (RFC 8970 3.2 allows 256)
        return text::shortened(text::readable_text(message.octets().view(), message.parsed()),
                               most);
    }

    // What the catalog and the header say of a message.
    bool read_record(MessageNumber message) {
        const auto& archive = state_.backend.archive;
        const auto record = records_.row(next_, places_, *snapshot_, [&](const auto& numbers) {
            return archive.messages(numbers);
        });
        if (!record || !*record) {
            note_problem(message, record ? Error{Errc::not_found, "the catalog has no such message"}
                                         : record.error());
            return false;
        }
        record_ = *record;
        if (!any_item(command_, [](Kind kind) { return kind == Kind::thread_id; })) return true;
        auto links = state_.backend.cache.columns.links(std::span(&message, 1));
        if (!links) {
            note_problem(message, links.error());
            return false;
        }
        links_ = *links->front();
        return true;
    }

    void note_problem(MessageNumber message, const Error& problem) {
        log::error("fetch.unreadable", {{"message", number(message)}, {"problem", problem.text}});
        problem_ = failed(problem);
    }

    // RFC 3516 4.3: what cannot be decoded is not given.
    bool can_decode() {
        return std::ranges::none_of(command_.items, [this](const wire::FetchItem& item) {
            return is_decoded(item.kind) && !state_.last_message->can_decode(item.section);
        });
    }

    static store::Summary summary_of(Message& message) {
        const mime::ParsedMessage& parsed = message.parsed();
        return {mime::envelope_text(parsed.envelope),
                mime::structure_text(parsed, mime::StructureForm::body),
                mime::structure_text(parsed, mime::StructureForm::body_structure),
                {}};
    }

    // As the indexer wrote it, read in blocks; nullptr where it has not come to this message.
    const store::Summary* stored_summary() {
        const auto& archive = state_.backend.archive;
        return summaries_
            .row(next_, places_, *snapshot_,
                 [&](const auto& numbers) { return archive.summaries(numbers); })
            .value_or(nullptr);
    }

    State& state_;
    Answer done_;
    std::string behind_;
    Snapshot snapshot_;
    wire::Fetch command_;
    std::vector<std::uint32_t> places_;
    std::optional<wire::ResponseCode> cut_;  // of places_
    bool reads_summaries_;
    bool reads_octets_;
    bool decodes_;
    bool reads_records_;
    const store::StoredMessage* record_ = nullptr;  // of the message in work, where read
    RowsAhead<store::StoredMessage> records_;
    MessagesAhead messages_;
    Links links_;
    std::size_t next_ = 0, next_item_ = 0;
    std::size_t read_ = 0;                     // octets looked at for this part
    const store::Summary* summary_ = nullptr;  // of the message in work: in summaries_, or parsed_
    store::Summary parsed_;
    RowsAhead<store::Summary> summaries_;
    std::optional<Answer> problem_;  // of a message that cannot be read; the others are served
};

Reply fetch(State& state, Cursor reading, Output& out) {
    if (auto unrecorded = reading.note()) return unrecorded;
    reading.mark_read(out);
    reading.begin();
    state.unfinished = [cursor = std::move(reading)](Output& out) mutable {
        return cursor.next_part(out);
    };
    return std::nullopt;
}

}  // namespace

Reply run(State& state, const wire::Fetch& command, Output& out) {
    const std::size_t messages = state.selected->snapshot->entries.size();
    if (command.kind == wire::NumberKind::sequence && names_too_much(command.numbers, messages)) {
        return bad("There are not so many messages");
    }
    if (command.vanished && !(command.changed_since && state.enabled.qresync))
        return bad("VANISHED goes with CHANGEDSINCE, after ENABLE QRESYNC");
    if (command.changed_since || any_item(command, [](Kind kind) { return kind == Kind::modseq; }))
        state.enabled.condstore = true;  // RFC 7162 3.1
    if (command.partial) {
        if (auto refused = too_many(state, command.partial->last - command.partial->first + 1))
            return refused;
    }
    Cursor reading(state, command, ok("Fetched"));
    reading.keep_to_limit();
    return fetch(state, std::move(reading), out);
}

Reply fetch_changes(State& state, const wire::Resync& known, Answer done, Output& out) {
    wire::Fetch changes{.kind = wire::NumberKind::uid,
                        .numbers = known.known.value_or(wire::SequenceSet{{1, wire::star}}),
                        .items = {},
                        .changed_since = known.modseq,
                        .vanished = true,
                        .partial = {}};
    for (const Kind kind : {Kind::uid, Kind::flags, Kind::modseq})
        changes.items.emplace_back().kind = kind;
    return fetch(state, Cursor(state, changes, std::move(done)), out);
}

bool fetch_arrived(State& state) {
    if (!state.selected || state.selected->arrived.empty()) return false;
    const auto uids = std::exchange(state.selected->arrived, {});
    if (!state.notifying) return false;
    wire::Fetch news{.kind = wire::NumberKind::uid,
                     .numbers = set_of(uids),
                     .items = state.notifying->wishes.items,
                     .changed_since = {},
                     .partial = {}};
    Cursor reading(state, news, ok({}));
    if (reading.note()) return false;  // without a record nothing is shown
    state.telling = [cursor = std::move(reading)](Output& out) mutable {
        return cursor.next_part(out).has_value();
    };
    return true;
}

}  // namespace mailhold::imap::server
