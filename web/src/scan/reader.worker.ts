// Placeholder of the reader: it loads the WebAssembly module.
self.onmessage = async () => {
  const module = await WebAssembly.compileStreaming(fetch(READER_WASM_URL))
  self.postMessage(WebAssembly.Module.exports(module).length)
}
