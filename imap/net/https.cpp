// One transfer a call; nothing is kept between calls.
#include "imap/net/https.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>

namespace mailhold::imap::net {
namespace {

constexpr std::size_t largest_answer = 64 << 10;

// libcurl's callback: fewer octets taken than given end the transfer.
std::size_t collect(char* octets, std::size_t, std::size_t count, void* body) {
    auto& text = *static_cast<std::string*>(body);
    if (text.size() + count > largest_answer) return 0;
    text.append(octets, count);
    return count;
}

Errc meaning(CURLcode code) {
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return Errc::timeout;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
            return Errc::tls;
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return Errc::invalid;
        default:
            return Errc::network;
    }
}

std::string percent_encoded(std::string_view value) {
    std::string text;
    for (const char c : value) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        text += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return text;
}

}  // namespace

std::string form_text(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    std::string form;
    for (const auto& [name, value] : fields) {
        if (value.empty()) continue;
        form += fmt::format("{}{}={}", form.empty() ? "" : "&", name, percent_encoded(value));
    }
    return form;
}

Result<HttpsAnswer> post_form(const std::string& url, const std::string& form,
                              const HttpsWay& way) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> transfer(curl_easy_init(),
                                                                       &curl_easy_cleanup);
    if (!transfer) return fail(Errc::network, "libcurl does not start");
    HttpsAnswer answer;
    char problem[CURL_ERROR_SIZE] = "";
    CURL* const handle = transfer.get();
    bool all = true;
    const auto set = [&](CURLoption option, auto value) {
        all = curl_easy_setopt(handle, option, value) == CURLE_OK && all;
    };
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "https");
    set(CURLOPT_POSTFIELDSIZE, static_cast<long>(form.size()));
    set(CURLOPT_POSTFIELDS, form.c_str());
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_NOSIGNAL, 1L);  // we have threads
    set(CURLOPT_TIMEOUT, static_cast<long>(way.timeout.count()));
    // "" and "" disregard the environment too; socks5h leaves the name to the proxy.
    const auto proxy =
        way.proxy ? fmt::format(
                        fmt::runtime(way.proxy->host.contains(':') ? "{}://[{}]:{}" : "{}://{}:{}"),
                        way.proxy->kind == Proxy::Kind::http ? "http" : "socks5h", way.proxy->host,
                        way.proxy->port)
                  : std::string();
    set(CURLOPT_PROXY, proxy.c_str());
    set(CURLOPT_NOPROXY, "");
    if (way.proxy && !way.proxy->user.empty()) {
        set(CURLOPT_PROXYUSERNAME, way.proxy->user.c_str());
        set(CURLOPT_PROXYPASSWORD, way.proxy->password.c_str());
    }
    if (way.login) {
        set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        set(CURLOPT_USERNAME, percent_encoded(way.login->user).c_str());
        set(CURLOPT_PASSWORD, percent_encoded(way.login->password).c_str());
    }
    set(CURLOPT_WRITEFUNCTION, &collect);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&answer.body));
    set(CURLOPT_ERRORBUFFER, static_cast<char*>(problem));
    if (!way.ca_file.empty()) {
        set(CURLOPT_CAINFO, way.ca_file.c_str());
        set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // else the system's count too
    }
    if (!all) return fail(Errc::unsupported, "libcurl lacks something that is needed");
    const auto code = curl_easy_perform(handle);
    if (code != CURLE_OK)
        return fail(meaning(code), fmt::format("{}: {}", url,
                                               problem[0] != 0 ? static_cast<const char*>(problem)
                                                               : curl_easy_strerror(code)));
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

}  // namespace mailhold::imap::net
