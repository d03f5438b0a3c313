// FETCH and UID FETCH (RFC 3501 6.4.5). A cursor over the messages asked for gives the answer in
// bounded parts. No fetch sets \Seen: the mailbox is read-only.
#include <fmt/format.h>

#include <algorithm>

#include "imap/server/commands.hpp"
#include "imap/wire/encode.hpp"
#include "indexer/mime/section.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {
namespace {

namespace mime = indexer::mime;
using Kind = wire::FetchItem::Kind;

// One part ends, between two items, once it has so much output or looked at so many octets for it.
constexpr std::size_t part_octets = 256 << 10;
constexpr std::size_t part_reading = 4 << 20;
// Messages whose ENVELOPE and structure are asked for at once.
constexpr std::size_t summary_block = 256;

bool is_summary(Kind kind) {
    return kind == Kind::envelope || kind == Kind::body || kind == Kind::body_structure;
}
bool needs_octets(Kind kind) {
    return kind == Kind::section || kind == Kind::rfc822 || kind == Kind::rfc822_header ||
           kind == Kind::rfc822_text;
}
bool any_item(const wire::Fetch& command, bool (*test)(Kind)) {
    return std::ranges::any_of(command.items, test, &wire::FetchItem::kind);
}

class Cursor {
  public:
    Cursor(State& state, const wire::Fetch& command)
        : state_(state),
          snapshot_(state.selected->snapshot),
          command_(command),
          places_(places(command.numbers, command.kind, *snapshot_)),
          reads_summaries_(any_item(command, is_summary)),
          reads_octets_(any_item(command, needs_octets)) {
        const auto is_uid = [](const wire::FetchItem& item) { return item.kind == Kind::uid; };
        // RFC 3501 6.4.8: UID FETCH always tells the UID.
        if (command_.kind == wire::NumberKind::uid &&
            std::ranges::none_of(command_.items, is_uid)) {
            command_.items.insert(command_.items.begin(), wire::FetchItem{});
        }
        if (command_.changed_since) {
            std::erase_if(places_, [this](std::uint32_t place) {
                return snapshot_->entries[place].modseq <= *command_.changed_since;
            });
        }
    }

    Reply next_part(Output& out) {
        const std::size_t before = out.size();
        read_ = 0;
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
        if (!problem_) return ok("Fetched");
        return failed(*problem_);
    }

  private:
    const store::Entry& entry() const { return snapshot_->entries[places_[next_]]; }

    // False, and nothing added, where the message's bytes cannot be had.
    bool begin_message(Output& out) {
        const store::Entry& entry = this->entry();
        summary_ = reads_summaries_ ? stored_summary() : nullptr;
        const bool reads = reads_octets_ || (reads_summaries_ && !summary_);
        if (reads && (!state_.last_message || state_.last_message->number() != entry.message)) {
            auto message = Message::load(state_.backend.archive, entry.message);
            if (!message) {
                log::error("fetch.unreadable",
                           {{"message", number(entry.message)}, {"problem", message.error().text}});
                problem_ = message.error();
                return false;
            }
            read_ += message->octets().size();
            state_.last_message = std::move(*message);
        }
        if (reads_summaries_ && !summary_) {
            parsed_ = summary_of(*state_.last_message);
            summary_ = &parsed_;
        }
        out.add(fmt::format("* {} FETCH (", places_[next_] + 1));
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
            case Kind::section:
                break;
        }
        out.add(fmt::format("BODY[{}]", wire::section_text(item.section)));
        if (item.partial) out.add(fmt::format("<{}>", item.partial->offset));
        out.add(" ");
        read_ += state_.last_message->add_section(out, item.section, item.partial);
    }

    void add_section(Output& out, std::string_view name, wire::Section::Text text) {
        out.add(name);
        out.add(" ");
        wire::Section section;
        section.text = text;
        read_ += state_.last_message->add_section(out, section, std::nullopt);
    }

    static store::Summary summary_of(Message& message) {
        const mime::ParsedMessage& parsed = message.parsed();
        return {mime::envelope_text(parsed.envelope),
                mime::structure_text(parsed, mime::StructureForm::body),
                mime::structure_text(parsed, mime::StructureForm::body_structure)};
    }

    // As the indexer wrote it, read in blocks; nullptr where it has not come to this message.
    const store::Summary* stored_summary() {
        if (next_ >= block_begin_ + block_.size()) {
            std::vector<MessageNumber> numbers;
            for (std::size_t i = next_; i < std::min(places_.size(), next_ + summary_block); ++i) {
                numbers.push_back(snapshot_->entries[places_[i]].message);
            }
            block_begin_ = next_;
            auto block = state_.backend.archive.summaries(numbers);
            block_ = block ? std::move(*block)
                           : std::vector<std::optional<store::Summary>>(numbers.size());
        }
        const auto& summary = block_[next_ - block_begin_];
        return summary ? &*summary : nullptr;
    }

    State& state_;
    Snapshot snapshot_;
    wire::Fetch command_;
    std::vector<std::uint32_t> places_;
    bool reads_summaries_;
    bool reads_octets_;
    std::size_t next_ = 0, next_item_ = 0;
    std::size_t read_ = 0;                     // octets looked at for this part
    const store::Summary* summary_ = nullptr;  // of the message in work: in block_, or parsed_
    store::Summary parsed_;
    std::vector<std::optional<store::Summary>> block_;
    std::size_t block_begin_ = 0;
    std::optional<Error> problem_;  // of a message that cannot be read; the others are served
};

}  // namespace

Reply run(State& state, const wire::Fetch& command, Output&) {
    const std::size_t messages = state.selected->snapshot->entries.size();
    if (command.kind == wire::NumberKind::sequence && names_too_much(command.numbers, messages)) {
        return bad("There are not so many messages");
    }
    state.unfinished = [cursor = Cursor(state, command)](Output& out) mutable {
        return cursor.next_part(out);
    };
    return std::nullopt;
}

}  // namespace mailhold::imap::server
