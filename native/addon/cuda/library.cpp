#include "library.hpp"

#if defined(_WIN32)
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace verbatim::addon {
namespace {

#if defined(_WIN32)

std::wstring ToWide(const std::string& text) {
  const int length = static_cast<int>(text.size());
  std::wstring wide(static_cast<size_t>(MultiByteToWideChar(CP_UTF8, 0, text.data(), length, nullptr, 0)), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), length, wide.data(), static_cast<int>(wide.size()));
  return wide;
}

void* Open(const std::string& path, std::string& failure) {
  void* const library = LoadLibraryExW(ToWide(path).c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  if (library == nullptr) failure = "LoadLibrary reports error " + std::to_string(GetLastError());
  return library;
}

template <typename Function>
bool Find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(GetProcAddress(static_cast<HMODULE>(library), name));
  return function != nullptr;
}

#else

void* Open(const std::string& path, std::string& failure) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    const char* const reason = dlerror();
    failure = reason == nullptr ? "dlopen gives no reason" : reason;
  }
  return library;
}

template <typename Function>
bool Find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(dlsym(library, name));
  return function != nullptr;
}

#endif

std::string VersionText(uint32_t version) {
  return std::to_string(version >> 16) + "." + std::to_string(version & 0xFFFF);
}

}  // namespace

bool CudaLibrary::Load(const std::string& path) {
  if (is_loaded_) {
    failure_ = "a CUDA library is loaded already";
    return false;
  }
  void* const library = Open(path, failure_);
  is_loaded_ = library != nullptr && Resolve(library);
  return is_loaded_;
}

bool CudaLibrary::Resolve(void* library) {
  const auto find = [&](const char* name, auto& function) {
    if (Find(library, name, function)) return true;
    failure_ = std::string("it has no function ") + name;
    return false;
  };
  // The version first: a library of another one may have other functions.
  if (!find("vbt_abi_version", functions_.abi_version)) return false;
  const uint32_t version = functions_.abi_version();
  if (!VBT_ABI_IS_SERVED_BY(version)) {
    failure_ = "its ABI version is " + VersionText(version) + ", and " + VersionText(VBT_ABI_VERSION) +
               " or a later one with the same first number is needed";
    return false;
  }
#define VERBATIM_FIND(name) \
  if (!find("vbt_" #name, functions_.name)) return false;
  VERBATIM_FOR_EACH_CUDA_FUNCTION(VERBATIM_FIND)
#undef VERBATIM_FIND
  return true;
}

}  // namespace verbatim::addon
