#pragma once

#include <boost/asio/local/stream_protocol.hpp>

#include <sys/types.h>

#include <string>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// A file by its number on its device, whatever its name.
struct file_identity {
    dev_t device = 0;
    ino_t number = 0;
    bool operator==(const file_identity&) const = default;
};

struct local_listener {
    boost::asio::local::stream_protocol::acceptor acceptor;
    file_identity file;  ///< the socket's, of mode 0660
};

/// In place of a socket's file to which nobody listens any more; nothing else is ever removed. Throws
/// listen_error, temporary where another process listens there.
local_listener listen_at(boost::asio::io_context& loop, const std::string& path);

/// Removes the socket's file, if it is still this one.
void remove_socket(const std::string& path, const file_identity& file) noexcept;

}  // namespace tunnelkeyd::serve
