// Page by page in reading order. poppler says what goes wrong by a callback, not by its results.
#include "indexer/extract/pdf.hpp"

#include <fmt/format.h>
#include <poppler-document.h>
#include <poppler-embedded-file.h>
#include <poppler-global.h>
#include <poppler-page.h>
#include <poppler-version.h>

#include <limits>
#include <memory>

#include "indexer/extract/extract.hpp"
#include "indexer/mime/charset.hpp"

namespace mailhold::indexer::extract {
namespace {

using text::ExtractStatus;

std::string utf8_of(const poppler::ustring& text) {
    const auto octets = text.to_utf8();
    return mime::mend_utf8({octets.data(), octets.size()});
}

bool is_small_letter(char c) {
    return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}
bool ends_word(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\f';
}

// Words that a line end divides ("docu-\nment") are found whole too: they follow the page.
std::string divided_words(std::string_view page) {
    std::string words;
    for (auto at = page.find("-\n"); at != std::string_view::npos; at = page.find("-\n", at + 2)) {
        if (at == 0 || !is_small_letter(page[at - 1]) || at + 2 >= page.size() ||
            !is_small_letter(page[at + 2]))
            continue;
        std::size_t begin = at;
        while (begin > 0 && !ends_word(page[begin - 1])) --begin;
        std::size_t end = at + 2;
        while (end < page.size() && !ends_word(page[end])) ++end;
        words += page.substr(begin, at - begin);
        words += page.substr(at + 2, end - at - 2);
        words += '\n';
    }
    return words;
}

void read_pages(poppler::document& pdf, Output& output) {
    bool has_text = false;
    for (int i = 0; i < pdf.pages(); ++i) {
        if (!output.may_go_on()) return;
        const std::unique_ptr<poppler::page> page(pdf.create_page(i));
        if (!page) {
            output.mark(ExtractStatus::failed, fmt::format("page {} is damaged", i + 1));
            continue;
        }
        const std::string text =
            utf8_of(page->text(poppler::rectf(), poppler::page::non_raw_non_physical_layout));
        has_text |= text.find_first_not_of(" \n\f") != std::string::npos;
        output.add(text + "\n");
        output.add(divided_words(text));
    }
    output.end_piece();
    if (!has_text)
        output.mark(ExtractStatus::unsupported, "no text on its pages: pictures are not read");
}

void read_properties(poppler::document& pdf, Output& output) {
    for (const char* key : {"Title", "Subject", "Author", "Keywords"})
        output.add(utf8_of(pdf.info_key(key)) + "\n");
    output.end_piece();
}

void read_embedded(poppler::document& pdf, Output& output) {
    if (!pdf.has_embedded_files()) return;
    for (poppler::embedded_file* file : pdf.embedded_files()) {
        if (!output.may_go_on() || !output.count_member()) return;
        const auto octets = file->data();
        if (!output.count_unpacked(octets.size())) return;
        const std::string_view content(octets.data(), octets.size());
        const std::string name = mime::mend_utf8(file->name());
        output.enter(name);
        read_document(detect({}, name, content.substr(0, head_size)), name, content, output);
        output.leave();
        output.end_piece();
    }
}

// What it says for a font whose characters cannot be known without a file that is not there.
void on_message(const std::string& message, void* closure) {
    if (message.contains("language pack") || message.contains("Unknown CMap"))
        *static_cast<bool*>(closure) = true;
}

}  // namespace

void read_pdf(std::string_view octets, Output& output) {
    if (octets.size() > std::size_t{std::numeric_limits<int>::max()})
        return output.mark(ExtractStatus::failed, "too large for its reader");
    bool lacks_characters = false;
    poppler::set_debug_error_function(on_message, &lacks_characters);
    const std::unique_ptr<poppler::document> pdf(
        poppler::document::load_from_raw_data(octets.data(), static_cast<int>(octets.size())));
    if (!pdf) {
        output.mark(ExtractStatus::failed, "damaged: no PDF that can be read");
    } else if (pdf->is_locked()) {
        output.mark(ExtractStatus::encrypted, "encrypted");
    } else {
        read_pages(*pdf, output);
        read_properties(*pdf, output);
        read_embedded(*pdf, output);
    }
    poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
    if (lacks_characters)
        output.mark(ExtractStatus::truncated, "a font whose characters are not known here");
}

std::string pdf_library_version() {
    return poppler::version_string();
}

}  // namespace mailhold::indexer::extract
