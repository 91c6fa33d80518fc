#include "serve/listen_local.hpp"

#include "serve/server.hpp"

#include <boost/asio/io_context.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

namespace tunnelkeyd::serve {

namespace asio = boost::asio;

namespace {

constexpr mode_t socket_mode = 0660;
constexpr int waiting_room = 128;  // connections that were not accepted yet
constexpr const char* another = "choose another control.socket";

class descriptor {
public:
    explicit descriptor(int number) : number_(number) {}
    ~descriptor() {
        if (number_ >= 0)
            ::close(number_);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return number_; }
    int release() noexcept { return std::exchange(number_, -1); }

private:
    int number_;
};

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

[[noreturn]] void refuse(const std::string& path, const std::string& why, const std::string& remedy,
                         bool temporary = false) {
    throw listen_error("cannot listen on " + path + ": " + why + "; " + remedy, temporary);
}

[[noreturn]] void refuse(const std::string& path, int error) {
    const auto directory = directory_of(path);
    if (error == ENOENT)
        refuse(path, "there is no directory " + directory,
               "under systemd set RuntimeDirectory=, else make it (mkdir " + directory +
                   ", owned by the daemon's user), or " + another);
    const auto why = std::generic_category().message(error);
    if (error == EACCES || error == EPERM || error == EROFS)
        refuse(path, why, "let the daemon's user write into " + directory + ", or " + another);
    refuse(path, why, another);
}

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        refuse(path, ENAMETOOLONG);
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

int new_socket() {
    return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

template <class Call>
int with_address(Call call, int socket, const sockaddr_un& address) {
    return call(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

/// Ends with nothing at `path`, or throws.
void remove_stale(const std::string& path, const sockaddr_un& address) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT)
            return;
        refuse(path, errno);
    }
    if (!S_ISSOCK(found.st_mode))
        refuse(path, "something else than a socket lies there", std::string("move it away, or ") + another);
    const descriptor asking(new_socket());
    const int error = asking.get() < 0 ? errno : with_address(::connect, asking.get(), address);
    if (error == 0 || error == EAGAIN)  // EAGAIN: more wait there than it lets in
        refuse(path, "another process listens there", std::string("end it, or ") + another, true);
    if (error == EACCES || error == EPERM)
        refuse(path, "another user's socket lies there",
               std::string("remove it, if nobody listens there, or ") + another);
    if (error != ECONNREFUSED || ::unlink(path.c_str()) != 0)
        refuse(path, error != ECONNREFUSED ? error : errno);
}

/// One process at a time may look whether a socket is stale and put its own there: else two could each
/// take the other's, not yet listening, for one.
class turn_taken {
public:
    explicit turn_taken(const std::string& path)
        : directory_(::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        if (directory_.get() < 0)
            refuse(path, errno);
        if (::flock(directory_.get(), LOCK_EX | LOCK_NB) != 0)
            refuse(path, "another process has locked " + directory_of(path), "try again in a moment", true);
    }

private:
    descriptor directory_;
};

}  // namespace

local_listener listen_at(asio::io_context& loop, const std::string& path) {
    const auto address = address_of(path);
    const turn_taken turn(path);
    remove_stale(path, address);
    descriptor listening(new_socket());
    if (listening.get() < 0)
        refuse(path, errno);
    // The file gets the socket's mode, less the umask, which belongs to all threads and so is not touched: it
    // is never open to others, and is open to the group before anybody can connect.
    if (::fchmod(listening.get(), socket_mode) != 0)
        refuse(path, errno);
    if (const int error = with_address(::bind, listening.get(), address); error != 0)
        refuse(path, error);
    struct stat made {};
    if (::chmod(path.c_str(), socket_mode) != 0 || ::lstat(path.c_str(), &made) != 0 ||
        ::listen(listening.get(), waiting_room) != 0) {
        const int error = errno;
        ::unlink(path.c_str());
        refuse(path, error);
    }
    local_listener result{asio::local::stream_protocol::acceptor(loop), {made.st_dev, made.st_ino}};
    result.acceptor.assign(asio::local::stream_protocol(), listening.get());
    listening.release();
    return result;
}

void remove_socket(const std::string& path, const file_identity& file) noexcept {
    struct stat found {};
    if (::lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode) &&
        file == file_identity{found.st_dev, found.st_ino})
        ::unlink(path.c_str());
}

}  // namespace tunnelkeyd::serve
