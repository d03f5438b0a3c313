#include "imap/server/mailbox/message.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/mime/parse.hpp"
#include "indexer/mime/section.hpp"

namespace mailhold::imap::server {
namespace {

namespace mime = indexer::mime;

mime::SectionText text_of(wire::Section::Text text) {
    switch (text) {
        case wire::Section::Text::whole:
            return mime::SectionText::whole;
        case wire::Section::Text::header:
            return mime::SectionText::header;
        case wire::Section::Text::header_fields:
            return mime::SectionText::header_fields;
        case wire::Section::Text::header_fields_not:
            return mime::SectionText::header_fields_not;
        case wire::Section::Text::text:
            return mime::SectionText::text;
        case wire::Section::Text::mime:
            return mime::SectionText::mime;
    }
    return mime::SectionText::whole;
}

// RFC 3501 6.4.5: what lies beyond the end is left out; a part wholly beyond it is empty, not NIL.
std::string_view cut(std::string_view octets, const std::optional<wire::Partial>& partial) {
    if (!partial) return octets;
    const std::size_t begin = std::min<std::size_t>(partial->offset, octets.size());
    return octets.substr(begin, partial->size);
}

}  // namespace

Result<Message> Message::load(const store::ArchiveReader& archive,
                              const store::StoredMessage& stored) {
    auto octets = archive.octets(stored);
    if (!octets) return std::unexpected(octets.error());
    Message message;
    message.number_ = stored.number;
    message.octets_ = std::move(*octets);
    message.archive_ = &archive;
    return message;
}

const mime::ParsedMessage& Message::parsed() {
    if (!parsed_) {
        parsed_ = std::make_unique<const mime::ParsedMessage>(mime::parse(octets_.view()));
    }
    return *parsed_;
}

std::size_t Message::add_section(Output& out, Form form, const wire::Section& section,
                                 const std::optional<wire::Partial>& partial) {
    const auto found = find(form, section);
    if (!found) {
        out.add("NIL");
        return 0;
    }
    const auto part = cut(found->octets, partial);
    // RFC 3516 4.2. In what was not decoded it stays as it came, for nothing is rewritten.
    const bool binary = form == Form::decoded && part.contains('\0');
    out.add(fmt::format("{}{{{}}}\r\n", binary ? "~" : "", part.size()));
    out.add(found->owner, part);
    return found->looked_through;
}

bool Message::can_decode(const wire::Section& part) {
    const auto* found = mime::find_part(parsed(), part.path);
    return part.path.empty() || !found || mime::transfer_of(*found) != mime::Transfer::unknown;
}

std::size_t Message::add_decoded_size(Output& out, const wire::Section& part) {
    const auto found = find(Form::decoded, part);
    out.add(fmt::to_string(found ? found->octets.size() : 0));
    return found ? found->looked_through : 0;
}

std::optional<Message::Found> Message::find(Form form, const wire::Section& section) {
    if (put_together_ && put_together_->form == form && put_together_->section == section)
        return Found{put_together_->octets, put_together_->octets.view()};
    if (section.path.empty() && section.text == wire::Section::Text::whole)
        return Found{octets_, octets_.view()};  // needs no parse; a message itself is not encoded
    if (form == Form::decoded) {
        const auto* part = mime::find_part(parsed(), section.path);
        if (part && mime::transfer_of(*part) == mime::Transfer::encoded)
            return keep(form, section, mime::decoded_content(octets_.view(), *part));
    }
    auto found = mime::find_section(octets_.view(), parsed(),
                                    {section.path, text_of(section.text), section.fields});
    if (!found) return std::nullopt;
    if (found->is_owned) return keep(form, section, std::move(found->owned));
    return Found{octets_, found->view};
}

// In the place of the last; what is large goes into a file, for it stays between two commands.
Message::Found Message::keep(Form form, const wire::Section& section, std::string octets) {
    BlobBuilder builder(archive_->spool_folder());
    std::ignore = builder.append(octets);  // told when it is finished
    auto kept = builder.finish();
    put_together_ = {form, section, kept ? std::move(*kept) : Blob(std::move(octets))};
    return {put_together_->octets, put_together_->octets.view(), octets_.size()};
}

}  // namespace mailhold::imap::server
