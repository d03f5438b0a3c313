// From the format to its reader, and from a container to what is in it.
#include "indexer/extract/extract.hpp"

#include <archive.h>
#include <fmt/format.h>
#include <libxml/xmlversion.h>

#include <set>

#include "indexer/extract/office.hpp"
#include "indexer/extract/pdf.hpp"
#include "indexer/extract/rtf.hpp"
#include "indexer/mime/charset.hpp"
#include "indexer/mime/parse.hpp"
#include "indexer/text/html.hpp"
#include "indexer/text/search_text.hpp"
#include "indexer/text/unfold.hpp"

namespace mailhold::indexer::extract {
namespace {

using text::ExtractStatus;

constexpr std::string_view our_version = "1";  // of our readers: what they give has changed

// UTF-8, UTF-16 with its mark, else what it looks like.
std::string decode(std::string_view content) {
    if (content.starts_with("\xff\xfe")) return mime::to_utf8(content.substr(2), "UTF-16LE");
    if (content.starts_with("\xfe\xff")) return mime::to_utf8(content.substr(2), "UTF-16BE");
    if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
    return mime::guess_utf8(content);
}

void read_text(Format format, std::string_view content, Output& output) {
    const std::string text = decode(content);
    output.add(text);
    output.end_piece();
    if (format == Format::html) output.add(text::visible_text(text));
    if (format == Format::calendar) output.add(text::unfold_lines(text));
}

// All that SEARCH would find in it, were it not within something else.
void read_mail(std::string_view content, Output& output) {
    const auto inner = [&](std::string_view octets, const mime::Part& part) {
        const std::string decoded = mime::decoded_content(octets, part);
        output.enter(part.filename);
        read_document(detect(part.type + "/" + part.subtype, part.filename,
                             std::string_view(decoded).substr(0, head_size)),
                      part.filename, decoded, output);
        output.leave();
        output.end_piece();
        return text::Extraction{};
    };
    const auto message = text::make_search_text(content, mime::parse(content), inner);
    for (const auto* piece :
         {&message.header, &message.mime_headers, &message.body, &message.attachments}) {
        output.end_piece();
        output.add(*piece);
    }
}

void read_archive(Packing packing, std::string_view name, std::string_view content,
                  Output& output) {
    Package package(content, packing);
    while (auto member = package.next()) {
        if (!output.may_go_on() || !output.count_member()) return;
        if (member->name.empty()) member->name = name.substr(0, name.rfind('.'));
        if (member->is_file) read_member(package, *member, output);
    }
    if (package.damaged()) output.mark(ExtractStatus::failed, "a damaged archive");
}

void read_zip(std::string_view name, std::string_view content, Output& output) {
    std::set<std::string> members;
    Package package(content, Packing::zip);
    while (const auto member = package.next()) {
        if (members.size() > output.limits().members) break;
        members.insert(member->name);
    }
    if (const auto kind = office_kind(members); kind != OfficeKind::none)
        read_office(kind, content, output);
    else
        read_archive(Packing::zip, name, content, output);
}

// MS-OFFCRYPTO 1.3.3: an encrypted new document is a stream of this name in a compound file.
void read_compound(std::string_view content, Output& output) {
    std::string name;
    for (const char c : std::string_view("EncryptedPackage")) name += {c, '\0'};
    if (content.contains(name))
        output.mark(ExtractStatus::encrypted, "encrypted");
    else
        output.mark(ExtractStatus::unsupported, "a format of old office programs");
}

}  // namespace

void read_document(Format format, std::string_view name, std::string_view content, Output& output) {
    if (output.depth() > output.limits().depth)
        return output.mark(ExtractStatus::truncated,
                           fmt::format("nested more than {} deep", output.limits().depth));
    switch (format) {
        case Format::none:
            return output.mark(ExtractStatus::unsupported, "no text is known in this format");
        case Format::text:
        case Format::calendar:
        case Format::html:
            return read_text(format, content, output);
        case Format::rtf:
            return read_rtf(content, output);
        case Format::pdf:
            return read_pdf(content, output);
        case Format::zip:
            return read_zip(name, content, output);
        case Format::tar:
            return read_archive(Packing::tar, name, content, output);
        case Format::gzip:
            return read_archive(Packing::gzip, name, content, output);
        case Format::mail:
            return read_mail(content, output);
        case Format::compound:
            return read_compound(content, output);
        case Format::encrypted:
            return output.mark(ExtractStatus::encrypted, "encrypted");
    }
}

void read_member(Package& package, const Member& member, Output& output) {
    output.enter(member.name);
    if (member.encrypted) output.mark(ExtractStatus::encrypted, "encrypted");
    std::string content;
    auto part = member.encrypted ? std::string_view() : package.read();
    for (; !part.empty(); part = package.read()) {
        if (!output.count_unpacked(part.size()) || !output.may_go_on()) break;
        if (content.size() + part.size() > output.limits().in_memory) {
            output.mark(ExtractStatus::truncated,
                        fmt::format("more than {} octets", output.limits().in_memory));
            break;
        }
        content += part;
    }
    if (!member.encrypted)
        read_document(detect({}, member.name, std::string_view(content).substr(0, head_size)),
                      member.name, content, output);
    output.leave();
    output.end_piece();
}

text::Extraction extract(const Document& document, const Limits& limits) {
    Output output(limits);
    const std::string_view head = std::string_view(document.content).substr(0, head_size);
    read_document(detect(document.type, document.name, head), document.name, document.content,
                  output);
    return output.finish(maker_of(limits));
}

std::uint32_t maker_of(const Limits& limits) {
    const std::string name =
        fmt::format("{} {} {} {} {} {} {} {} {} {}", our_version, pdf_library_version(),
                    archive_version_number(), LIBXML_VERSION, limits.text, limits.unpacked,
                    limits.in_memory, limits.members, limits.depth, limits.processor.count());
    std::uint32_t hash = 2166136261U;  // FNV-1a
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash | 1U;  // never 0
}

}  // namespace mailhold::indexer::extract
