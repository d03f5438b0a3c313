// Signatures first, then the name, then the declared type. Text is what looks like text.
#include "indexer/extract/format.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "indexer/mime/header.hpp"

namespace mailhold::indexer::extract {
namespace {

using Names = std::pair<std::string_view, Format>;

constexpr std::array<Names, 10> extensions = {{{"eml", Format::mail},
                                               {"mht", Format::mail},
                                               {"mhtml", Format::mail},
                                               {"html", Format::html},
                                               {"htm", Format::html},
                                               {"xhtml", Format::html},
                                               {"ics", Format::calendar},
                                               {"vcf", Format::calendar},
                                               {"pgp", Format::encrypted},
                                               {"gpg", Format::encrypted}}};
constexpr std::array<Names, 9> types = {{{"message/rfc822", Format::mail},
                                         {"message/global", Format::mail},
                                         {"text/html", Format::html},
                                         {"application/xhtml+xml", Format::html},
                                         {"text/calendar", Format::calendar},
                                         {"application/ics", Format::calendar},
                                         {"text/vcard", Format::calendar},
                                         {"text/x-vcard", Format::calendar},
                                         {"application/pgp-encrypted", Format::encrypted}}};

template <std::size_t N>
Format find(const std::array<Names, N>& table, std::string_view name) {
    const auto* const found = std::ranges::find(table, name, &Names::first);
    return found == table.end() ? Format::none : found->second;
}

std::string extension_of(std::string_view name) {
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string() : mime::lower(name.substr(dot + 1));
}

Format signature_of(std::string_view head) {
    using namespace std::string_view_literals;
    if (head.starts_with("PK\3\4"sv) || head.starts_with("PK\5\6"sv)) return Format::zip;
    if (head.starts_with("\x1f\x8b"sv)) return Format::gzip;
    if (head.starts_with("{\\rtf"sv)) return Format::rtf;
    if (head.starts_with("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv)) return Format::compound;
    if (head.starts_with("-----BEGIN PGP MESSAGE-----"sv)) return Format::encrypted;
    if (head.size() > 262 && head.substr(257, 5) == "ustar"sv) return Format::tar;
    if (head.starts_with("%PDF-"sv)) return Format::pdf;
    // RFC 5652 6.1: the object identifier of enveloped data, 1.2.840.113549.1.7.3.
    if (head.starts_with('\x30') && head.contains("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"sv))
        return Format::encrypted;
    return Format::none;
}

// A byte order mark, or no octet that text does not have.
bool looks_like_text(std::string_view head) {
    if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff")) return true;
    return std::ranges::none_of(head, [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet < 0x20 && octet != '\t' && octet != '\n' && octet != '\r' && octet != '\f' &&
               octet != 0x1b;
    });
}

bool is_picture(std::string_view type) {
    return type.starts_with("image/") || type.starts_with("audio/") || type.starts_with("video/");
}

}  // namespace

Format detect(std::string_view type, std::string_view name, std::string_view head) {
    if (const Format format = signature_of(head); format != Format::none) return format;
    const std::string extension = extension_of(name);
    Format format = find(extensions, extension);
    if (format == Format::none) format = find(types, type);
    if (format == Format::encrypted) return format;
    // ISO 32000-1 annex H 3.4.1: readers accept a header within the first 1,024 octets.
    if (head.contains("%PDF-") && (extension == "pdf" || !looks_like_text(head)))
        return Format::pdf;
    if (is_picture(type) && extension != "svg" && type != "image/svg+xml") return Format::none;
    if (!looks_like_text(head)) return Format::none;
    return format == Format::none ? Format::text : format;
}

}  // namespace mailhold::indexer::extract
