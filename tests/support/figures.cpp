#include "support/figures.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace tunnelkeyd::support {

void show_figures(const std::string& name, const std::string& lines) {
    std::cout << lines << std::endl;
    const char* folder = std::getenv("TUNNELKEYD_FIGURES");
    if (folder == nullptr || *folder == '\0')
        return;
    std::filesystem::create_directories(folder);
    std::ofstream(std::filesystem::path(folder) / name) << lines << '\n';
}

}  // namespace tunnelkeyd::support
