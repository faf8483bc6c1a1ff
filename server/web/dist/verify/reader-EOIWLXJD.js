self.onmessage=async()=>{let e=await WebAssembly.compileStreaming(fetch("/assets/zxing_reader-e8af31edb56d0522.wasm"));self.postMessage(WebAssembly.Module.exports(e).length)};
