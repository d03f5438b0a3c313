// The server's side of SCRAM (RFC 5802, 7677), written from the RFCs alone, to judge the client by. Its password is
// "pencil", its salt and nonce are those of the RFCs' examples.
#pragma once

#include <string>
#include <string_view>

namespace mailhold::imap::client {

class ScramServer {
  public:
    // "SHA-1" or "SHA-256". `binding` is what the line has, for -PLUS.
    ScramServer(std::string hash, std::string binding_type, std::string binding);

    // client-first-message to server-first-message.
    std::string first(std::string_view message);
    // client-final-message to server-final-message "v=..."; "e=..." where the client does not know the password, or is
    // bound to another line.
    std::string final(std::string_view message);

    std::string nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    std::string salt_base64 = "W22ZaJ0SNY7soEsUEjb6gQ==";
    int iterations = 4096;
    std::string password = "pencil";
    std::string header;  // gs2 header as the client gave it

  private:
    std::string hash_, binding_type_, binding_, client_first_bare_, server_first_, whole_nonce_;
};

}  // namespace mailhold::imap::client
