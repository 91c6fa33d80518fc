#include "daemon/commands/display.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace tunnelkeyd::daemon {

namespace {

const char* code_of(paint in) {
    switch (in) {
    case paint::bold:
        return "1";
    case paint::dim:
        return "2";
    case paint::green:
        return "32";
    case paint::yellow:
        return "33";
    case paint::red:
        return "1;31";
    case paint::plain:
        break;
    }
    return nullptr;
}

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

}  // namespace

display standard_output() {
    display out;
    out.terminal = ::isatty(STDOUT_FILENO) == 1;
    if (!out.terminal)
        return out;
    const char* kind = std::getenv("TERM");
    out.colour = !is_set("NO_COLOR") && kind != nullptr && std::string_view(kind) != "dumb";
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        out.columns = std::clamp<std::size_t>(size.ws_col, 40, 120);
        out.rows = size.ws_row;
    }
    return out;
}

std::string painted(const std::string& text, paint in, const display& on) {
    const char* code = code_of(in);
    if (!on.colour || code == nullptr || text.empty())
        return text;
    return std::string("\x1b[") + code + "m" + text + "\x1b[0m";
}

}  // namespace tunnelkeyd::daemon
