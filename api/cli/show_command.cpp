// mailhold show: one message, readable or exactly as it came.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/headers.hpp"
#include "api/cli/on_record.hpp"
#include "api/cli/place.hpp"
#include "api/cli/selection.hpp"
#include "api/cli/show_json.hpp"
#include "api/cli/wiring.hpp"
#include "indexer/mime/parse.hpp"
#include "indexer/pipeline/prepare.hpp"
#include "indexer/text/html.hpp"

namespace mailhold::cli {
namespace {

namespace mime = indexer::mime;
namespace text = indexer::text;

// The leaves of a message with their numbers as IMAP counts them (RFC 3501 6.4.5).
struct Leaf {
    std::string number;
    const mime::Part* part;
};

// `number` is empty for a root that is a multipart.
void collect(const mime::Part& part, const std::string& number, std::vector<Leaf>& leaves) {
    auto below = [&](std::size_t i) {
        return number.empty() ? std::to_string(i) : fmt::format("{}.{}", number, i);
    };
    if (part.is_multipart() && !part.children.empty()) {
        for (std::size_t i = 0; i < part.children.size(); ++i)
            collect(part.children[i], below(i + 1), leaves);
        return;
    }
    leaves.push_back({number.empty() ? "1" : number, &part});
    if (!part.is_message()) return;
    const auto& nested = part.children[0];
    collect(nested, nested.is_multipart() ? number : below(1), leaves);
}

bool is_text(const mime::Part& part, std::string_view subtype) {
    return part.type == "text" && part.subtype == subtype &&
           part.disposition.value_or("") != "attachment";
}

// The first plain text, else the first HTML as a person reads it.
std::string body_text(std::string_view octets, const std::vector<Leaf>& leaves) {
    for (const auto& leaf : leaves)
        if (is_text(*leaf.part, "plain")) return mime::decoded_text(octets, *leaf.part);
    for (const auto& leaf : leaves)
        if (is_text(*leaf.part, "html"))
            return indexer::text::visible_text(mime::decoded_text(octets, *leaf.part));
    return {};
}

void print_headers(const mime::ParsedMessage& message) {
    for (auto name :
         {"Date", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Message-ID"})
        if (auto value = header_value(message, name); !value.empty())
            fmt::print("{}: {}\n", name, printable(value, Lines::join));
}

std::string described(const text::AttachmentState& state) {
    const auto name = text::name_of(state.status);
    return state.reason.empty()
               ? std::string(name)
               : fmt::format("{} ({})", name, printable(state.reason, Lines::join));
}

// Each with what came of reading its text. A message that is sent encoded has parts that IMAP does
// not know; they have a state all the same.
void print_parts(const std::vector<Leaf>& leaves, std::vector<text::AttachmentState> states) {
    fmt::print("Parts:\n");
    for (const auto& leaf : leaves) {
        const auto state = std::ranges::find(states, leaf.number, &text::AttachmentState::number);
        const bool found = state != states.end();
        fmt::print("  {:<8} {:<32} {:>10}  {:<12} {}\n", leaf.number,
                   printable(leaf.part->type + "/" + leaf.part->subtype, Lines::join),
                   octets_text(leaf.part->body.size()),
                   found                       ? described(*state)
                   : leaf.part->type == "text" ? "indexed"
                                               : "",
                   printable(leaf.part->filename, Lines::join));
        if (found) states.erase(state);
    }
    for (const auto& state : states) fmt::print("  {:<8} {}\n", state.number, described(state));
}

Status print_locations(const store::ArchiveReader& archive, MessageNumber message) {
    auto locations = archive.locations(message);
    if (!locations) return std::unexpected(locations.error());
    fmt::print("Seen in:\n");
    for (const auto& location : *locations) {
        std::string flags;
        for (const auto& flag : location.flags) flags += " " + flag;
        const auto saved =
            location.saved ? fmt::format(", saved there {}", date_text(*location.saved)) : "";
        fmt::print("  {}: {}, UIDVALIDITY {}, UID {}, {}{}{}{}\n", location.generation.account,
                   printable(location.generation.mailbox, Lines::join),
                   number(location.generation.uidvalidity), number(location.uid),
                   date_text(location.internal_date), saved, printable(flags, Lines::join),
                   location.vanished ? ", gone from the origin" : "");
    }
    return {};
}

Status print_envelopes(const store::ArchiveReader& archive, MessageNumber message) {
    const auto envelopes = archive.envelopes(message);
    if (!envelopes) return std::unexpected(envelopes.error());
    if (!envelopes->empty()) fmt::print("Handed in:\n");
    for (const auto& envelope : *envelopes) {
        std::string recipients;
        for (const auto& recipient : envelope.recipients) recipients += " <" + recipient + ">";
        fmt::print("  {}  from <{}> to{}\n    by {} ({}), {}{}{}, UID {}\n",
                   time_text(std::chrono::floor<std::chrono::seconds>(envelope.time)),
                   printable(envelope.sender, Lines::join), printable(recipients, Lines::join),
                   printable(envelope.helo, Lines::join), envelope.peer, envelope.protocol,
                   envelope.tls.empty() ? "" : ", ", envelope.tls, number(envelope.uid));
        if (envelope.report)
            fmt::print("    as the journal report {} says\n", to_hex(*envelope.report));
    }
    return {};
}

std::string place_text(const store::Event& event) {
    const auto mailbox = printable(event.generation.mailbox, Lines::join);
    return event.uid == Uid{} ? fmt::format("{}: {}", event.generation.account, mailbox)
                              : fmt::format("{}: {}, UID {}", event.generation.account, mailbox,
                                            number(event.uid));
}

std::string flags_text(const store::FlagSet& flags) {
    std::string text;
    for (const auto& flag : flags) text += (text.empty() ? "" : " ") + flag;
    return text.empty() ? "none" : printable(text, Lines::join);
}

// Quoted, as a label may hold blanks.
std::string labels_text(const std::vector<std::string>& labels) {
    std::string text;
    for (const auto& label : labels)
        text += fmt::format("{}\"{}\"", text.empty() ? "" : " ", printable(label, Lines::join));
    return text.empty() ? "none" : text;
}

std::string what_text(const store::Event& event) {
    using What = store::Event::What;
    const auto other = printable(event.other_mailbox, Lines::join);
    switch (event.what) {
        case What::sighted:
            return fmt::format("seen, flags: {}", flags_text(event.flags));
        case What::flags:
            return fmt::format("flags {} became {}", flags_text(event.flags),
                               flags_text(event.flags_after));
        case What::vanished:
            return "gone from there";
        case What::returned:
            return "there again";
        case What::moved:
            return fmt::format("moved to {}, UID {}", other, number(event.other_uid));
        case What::mailbox_gone:
            return "the mailbox is no longer listed";
        case What::mailbox_back:
            return "the mailbox is listed again";
        case What::mailbox_renamed:
            return fmt::format("the mailbox is now called {}", other);
        case What::labels:
            return fmt::format("labels: {}", labels_text(event.labels));
    }
    return {};
}

Status print_history(const store::ArchiveReader& archive, MessageNumber message) {
    const auto events = archive.history(message);
    if (!events) return std::unexpected(events.error());
    fmt::print("History:\n");
    for (const auto& event : *events) {
        fmt::print("  {}  {}: {}\n",
                   time_text(std::chrono::floor<std::chrono::seconds>(event.time)),
                   place_text(event), what_text(event));
    }
    return {};
}

Result<int> write_raw(const Blob& octets) {
    auto view = octets.view();
    if (std::fwrite(view.data(), 1, view.size(), stdout) != view.size() || std::fflush(stdout) != 0)
        return fail(Errc::io, "the message could not be written to standard output");
    return success;
}

Result<int> write_json(const store::ArchiveReader& archive, const store::StoredMessage& message) {
    const auto locations = archive.locations(message.number);
    if (!locations) return std::unexpected(locations.error());
    const auto events = archive.history(message.number);
    if (!events) return std::unexpected(events.error());
    fmt::print("{}", to_json(message, *locations, *events));
    return success;
}

}  // namespace

Result<int> show(const ShowOptions& options) {
    auto data = data_folder(options.place);
    if (!data) return std::unexpected(data.error());
    auto archive = store::ArchiveReader::open(*data);
    if (!archive) return std::unexpected(archive.error());
    auto stored = find_message(**archive, options.id);
    if (!stored) return std::unexpected(stored.error());
    if (auto noted = put_on_record(options.place, *data, store::Accessed::What::fetch,
                                   fmt::format("show of message {}, SHA-256 {}",
                                               number(stored->number), to_hex(stored->digest)));
        !noted)
        return std::unexpected(noted.error());
    if (options.form == ShowForm::json) return write_json(**archive, *stored);
    auto octets = (*archive)->octets(*stored);
    if (!octets) return std::unexpected(octets.error());
    if (options.form == ShowForm::raw) return write_raw(*octets);

    auto message = mime::parse(octets->view());
    std::vector<Leaf> leaves;
    collect(message.root, message.root.is_multipart() ? "" : "1", leaves);
    indexer::extract::Pool attachments(to_pool_options(options.place));
    auto states =
        indexer::pipeline::attachment_states(**archive, stored->number, attachments.extractor());
    if (!states) return std::unexpected(states.error());
    print_headers(message);
    fmt::print("\n{}\n\n", printable(body_text(octets->view(), leaves), Lines::keep));
    print_parts(leaves, std::move(*states));
    if (auto printed = print_locations(**archive, stored->number); !printed)
        return std::unexpected(printed.error());
    if (auto printed = print_envelopes(**archive, stored->number); !printed)
        return std::unexpected(printed.error());
    if (auto printed = print_history(**archive, stored->number); !printed)
        return std::unexpected(printed.error());
    for (const auto& damage : message.damage)
        fmt::print("Damaged: {}\n", printable(damage, Lines::join));
    fmt::print("Message {}, {} octets, archived {}\nSHA-256 {}\n", number(stored->number),
               grouped(stored->size),
               time_text(std::chrono::floor<std::chrono::seconds>(stored->archived_at)),
               to_hex(stored->digest));
    return success;
}

}  // namespace mailhold::cli
